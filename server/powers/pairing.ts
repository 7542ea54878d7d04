// The power to pair, narrowed to one caller. A code never reaches the store or a log; a token is told to its device only.
import { createHmac, randomInt, randomUUID } from 'node:crypto'
import { Fault } from '#dsl/fault.ts'
import type { DeviceKind, Invitation, Pairing } from '#dsl/powers/pairing.ts'
import type { Signal } from '#dsl/powers/signal.ts'
import { createApprovals } from '#server/auth/approvals.ts'
import type { Approvals } from '#server/auth/approvals.ts'
import type { Auth } from '#server/auth/auth.ts'
import { newDeviceToken } from '#server/auth/devices.ts'
import { networkOf } from '#server/auth/network.ts'
import type { Principal } from '#server/auth/principal.ts'
import { createRateLimit } from '#server/auth/rate-limit.ts'
import type { RateLimit } from '#server/auth/rate-limit.ts'
import { hashSecret } from '#server/auth/secret.ts'
import { refused } from '#server/auth/sessions.ts'
import { addDevice, removePendingDevices } from '#server/store/devices.ts'
import { addPairing, guessCode, isCodeLive } from '#server/store/pairings.ts'
import type { PairingRow } from '#server/store/pairings.ts'
import { deviceInfo } from './devices.ts'

const CODE_MS = 600_000
const NAMES: Record<DeviceKind, string> = {
  android: 'Android',
  ios: 'iPhone or iPad',
  web: 'Browser',
  cli: 'Terminal',
}

/** What all callers share; one for the whole server. */
export interface PairingParts {
  readonly auth: Auth
  readonly approvals: Approvals
  readonly guesses: RateLimit
  readonly invitations: RateLimit
}

export interface PairingCaller {
  /** Undefined for a stranger, who may confirm only. */
  readonly principal: Principal | undefined
  /** The peer's IP address. */
  readonly address: string
  /** Where this caller reaches the server, `http://localhost:3000`: the QR code leads there. */
  readonly origin: string
}

/** Once, at the start: devices that asked an earlier server ask no more. */
export async function openPairing(auth: Auth): Promise<PairingParts> {
  await removePendingDevices(auth.store)
  return {
    auth,
    approvals: createApprovals(),
    guesses: createRateLimit({ capacity: 10, everyMs: 30_000 }),
    invitations: createRateLimit({ capacity: 10, everyMs: 60_000 }),
  }
}

export function pairingFor(parts: PairingParts, caller: PairingCaller): Pairing {
  return {
    init: (request) => invite(parts, caller, request),
    async confirm({ code, name, device, signal, waiting }) {
      const invitation = await redeem(parts, caller, code)
      const kind = device ?? invitation.kind
      const wanted = { userId: invitation.userId, name: name ?? NAMES[kind], kind }
      // The person's own client has the person's yes already.
      if (caller.principal?.user === invitation.userId) return admit(parts, wanted)
      return ask(parts, wanted, signal, waiting)
    },
  }
}

async function invite(
  { auth, invitations }: PairingParts,
  { principal, origin }: PairingCaller,
  { device, nonce }: { device: DeviceKind; nonce: string },
): Promise<Invitation> {
  if (!principal) throw refused('missing', 'Sign in to invite a device.')
  const { user } = principal
  if (!invitations.take(user))
    throw tooMany('You invited many devices. Wait a minute, then invite again.', 'invitations')
  const code = await freshCode(auth)
  const expiresAt = new Date(Date.now() + CODE_MS)
  const row = {
    id: randomUUID(),
    userId: user,
    codeHash: hashCode(auth, code),
    nonce,
    kind: device,
    expiresAt,
  }
  if (!(await addPairing(auth.store, row)))
    throw new Fault('conflict', 'This nonce was used before. Take a new random one for each invitation.')
  return { code, expiresAt: expiresAt.toISOString(), url: `${origin}/#pair=${code}` }
}

async function freshCode(auth: Auth): Promise<string> {
  const code = String(randomInt(1_000_000)).padStart(6, '0')
  return (await isCodeLive(auth.store, hashCode(auth, code))) ? freshCode(auth) : code
}

/** Keyed: six digits behind a plain hash are found by trying them all, by whoever reads the database. */
const hashCode = ({ key }: Auth, code: string) =>
  createHmac('sha256', key).update(`pairing code ${code}`).digest('hex')

/** The store counts guesses for good; the bucket keeps one network from spending everybody's invitations. */
async function redeem(
  { auth, guesses }: PairingParts,
  { principal, address }: PairingCaller,
  code: string,
): Promise<PairingRow> {
  const guesser = principal?.user ?? networkOf(address)
  if (!guesses.take(guesser))
    throw tooMany('Too many codes were tried from here. Wait, then try again.', 'guesses')
  const found = await guessCode(auth.store, hashCode(auth, code))
  if (found === 'wrong')
    throw new Fault('denied', 'This code is wrong, used or over. Look at the other device again.', {
      data: { reason: 'code' },
    })
  if (found === 'spent') throw tooMany('Too many wrong codes. Make a new code on the other device.', 'codes')
  guesses.giveBack(guesser)
  return found
}

interface Wanted {
  readonly userId: string
  readonly name: string
  readonly kind: DeviceKind
}

async function admit({ auth }: PairingParts, wanted: Wanted) {
  const token = newDeviceToken()
  const row = await addDevice(auth.store, {
    ...wanted,
    id: randomUUID(),
    state: 'active',
    hash: hashSecret(token),
  })
  return { token, device: { ...deviceInfo(row), current: true } }
}

/** The token exists, but opens nothing until the person's yes has made the device active. */
async function ask(
  { auth, approvals }: PairingParts,
  wanted: Wanted,
  signal: Signal,
  waiting?: (device: { id: string; name: string }) => Promise<void> | void,
) {
  const { store } = auth
  const id = randomUUID()
  const token = newDeviceToken()
  const answer = approvals.wait(id, signal)
  answer.catch(() => undefined)
  try {
    const row = await addDevice(store, { ...wanted, id, state: 'pending', hash: hashSecret(token) })
    const [allowed] = await Promise.all([answer, waiting?.({ id, name: wanted.name })])
    if (!allowed)
      throw new Fault('denied', 'The person refused this device.', { data: { reason: 'refused' } })
    return { token, device: { ...deviceInfo(row), state: 'active' as const, current: true } }
  } finally {
    approvals.answer(id, false)
    await removePendingDevices(store, id)
  }
}

/** Clients that speak another language tell them apart by the reason. */
const tooMany = (message: string, reason: string) => new Fault('rate_limited', message, { data: { reason } })
