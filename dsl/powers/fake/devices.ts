// Fake Devices for op tests: names and states, without tokens or sockets.
import { Fault } from '#dsl/fault.ts'
import type { DeviceInfo, Devices } from '#dsl/powers/pairing.ts'

/** The devices `waits` (pending) and `phone` (active, the one that asks). */
export function fakeDevices(): Devices {
  const common = { kind: 'android', createdAt: '2026-01-01T00:00:00Z' } as const
  const kept = new Map<string, DeviceInfo>([
    ['waits', { ...common, id: 'waits', name: 'New', state: 'pending', current: false }],
    ['phone', { ...common, id: 'phone', name: 'Phone', state: 'active', current: true }],
  ])
  const move = (id: string, from: DeviceInfo['state'][], to: DeviceInfo['state']): DeviceInfo => {
    const found = kept.get(id)
    if (!found || !from.includes(found.state))
      throw new Fault('not_found', `There is no such device "${id}".`)
    const moved = { ...found, state: to }
    kept.set(id, moved)
    return moved
  }
  return {
    list: async () => [...kept.values()].filter(({ state }) => state !== 'revoked'),
    approve: async (id, allow) => move(id, ['pending'], allow ? 'active' : 'revoked'),
    revoke: async (id) => move(id, ['pending', 'active'], 'revoked'),
  }
}
