// The token of a paired device: opaque, told once, kept as a hash. Whether a device may come in is not decided here.
import { seeDevice } from '#server/store/devices.ts'
import type { Store } from '#server/store/store.ts'
import type { Principal } from './principal.ts'
import { hashSecret, newSecret } from './secret.ts'
import { refused } from './sessions.ts'

/** The prefix tells it from a session's token, and lets a secret scanner find one in a public place. */
const PREFIX = 'chd_'

export const newDeviceToken = () => PREFIX + newSecret(32)

export const isDeviceToken = (token: string) => token.startsWith(PREFIX)

/** Faults: unauthenticated (`data.reason` `wrong`): not a token of an active device. */
export async function checkDevice(store: Store, token: string): Promise<Principal> {
  const found = await seeDevice(store, hashSecret(token))
  if (!found) throw refused('wrong', 'This device is not paired any more. Pair it again.')
  const { id, name, role, plan } = found.user
  return { user: id, userName: name, role, plan, via: 'device', credential: found.device.id }
}
