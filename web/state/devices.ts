// The devices of the signed-in person, and those that ask to be one. It never sees a device's token.
import type { OpOutput } from '#dsl/catalog.ts'
import type { Link } from '#web/link/link.ts'
import { createList } from './list.ts'

export type Device = OpOutput<'device.list'>['devices'][number]

/** Milliseconds between looks: a person who holds the other device in their hand waits for it to show up here. */
const LOOK_MS = 1_500

export function createDevices(link: Link) {
  const { items, ...rest } = createList<Device>({
    link,
    everyMs: LOOK_MS,
    ask: async () => (await link.call('device.list', {})).devices,
  })
  return {
    ...rest,
    pending: () => items.filter((device) => device.state === 'pending'),
    /** The newest first, and this one before all. */
    active: () =>
      items
        .filter((device) => device.state === 'active')
        .reverse()
        .sort((a, b) => Number(b.current) - Number(a.current)),
    /** False for a browser that signed in with the link: it has a session and is no device. */
    hasCurrent: () => items.some((device) => device.current),
  }
}

export type Devices = ReturnType<typeof createDevices>
