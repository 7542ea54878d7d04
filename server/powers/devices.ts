// The power over devices, narrowed to one person's own. It never shows a token or its hash.
import { Fault } from '#dsl/fault.ts'
import type { DeviceInfo, Devices } from '#dsl/powers/pairing.ts'
import type { Principal } from '#server/auth/principal.ts'
import { listDevices, moveDevice } from '#server/store/devices.ts'
import type { DeviceRow } from '#server/store/devices.ts'
import type { PairingParts } from './pairing.ts'

export function devicesFor(
  { auth, approvals }: Pick<PairingParts, 'auth' | 'approvals'>,
  { user, credential }: Principal,
): Devices {
  const info = (row: DeviceRow) => deviceInfo(row, credential)
  const move = (id: string, from: DeviceRow['state'], to: DeviceRow['state']) =>
    moveDevice(auth.store, id, user, from, to)

  async function refuse(id: string): Promise<DeviceInfo> {
    const row = await move(id, 'pending', 'revoked')
    if (!row) throw notWaiting()
    approvals.answer(id, false)
    return info(row)
  }

  return {
    list: async () => (await listDevices(auth.store, user)).map(info),
    async approve(id, allow) {
      if (!allow) return refuse(id)
      const row = await move(id, 'pending', 'active')
      if (row && approvals.answer(id, true)) return info(row)
      // It left in this very moment: nobody holds its token.
      if (row) await move(id, 'active', 'revoked')
      throw notWaiting()
    },
    async revoke(id) {
      const row = await move(id, 'active', 'revoked')
      if (!row) return refuse(id)
      // Who revokes the device that asks still hears that it worked.
      if (id === credential) setImmediate(() => auth.revoked(id))
      else auth.revoked(id)
      return info(row)
    },
  }
}

/** `credential` is that of the one who asks. */
export function deviceInfo(row: DeviceRow, credential?: string): DeviceInfo {
  const { id, name, kind, state, createdAt, lastSeenAt } = row
  const seen = lastSeenAt === null ? {} : { lastSeenAt: lastSeenAt.toISOString() }
  return { id, name, kind, state, createdAt: createdAt.toISOString(), ...seen, current: id === credential }
}

const notWaiting = () => new Fault('not_found', 'There is no such device, or it does not wait any more.')
