// Resolves a name once, judges every address, and dials one of exactly those. It never asks the resolver twice.
import { connect } from 'node:net'
import type { NetConnectOpts, Socket } from 'node:net'
import { openPouring } from '#runtime/pour.ts'
import { refusesAddress } from './address.ts'
import { notPublic, refuse } from './rules.ts'
import type { Refusal, Target } from './rules.ts'

/** Every address of a name. */
export type Resolve = (host: string) => Promise<readonly string[]>
/**
 * A socket on its way to the address; half-open, so that each direction ends by itself. `pours`: what comes from it is only
 * poured into another one (runtime/pour.ts).
 */
export type Connect = (address: string, port: number, pours: boolean) => Socket

const RESOLVE_MS = 10_000
/** Per address; what does not answer in this time is tried at the next one. */
const DIAL_MS = 5_000
const MAX_ADDRESSES = 4

export const systemConnect: Connect = (host, port, pours) =>
  openSocket({ host, port, allowHalfOpen: true, noDelay: true }, pours)

export function openSocket(options: NetConnectOpts, pours: boolean): Socket {
  return pours ? openPouring(options) : connect(options)
}

/** One refused address refuses the name: a resolver that mixes them is being used to choose. */
export async function resolveTarget(
  { host, trusted }: Target,
  resolve: Resolve,
): Promise<readonly string[] | Refusal> {
  const addresses = await within(RESOLVE_MS, resolve(host)).catch(() => [])
  if (addresses.length === 0) return refuse('unreachable', `${host} could not be resolved.`)
  return addresses.some((address) => refusesAddress(address, trusted)) ? notPublic(host) : addresses
}

/** The first of the addresses that answers. `signal`: whoever asked is gone; `pours`: as of `Connect`. */
export async function dial(
  { host, port }: Target,
  addresses: readonly string[],
  connect: Connect,
  signal: AbortSignal,
  pours: boolean,
): Promise<Socket | Refusal> {
  for (const address of addresses.slice(0, MAX_ADDRESSES)) {
    const socket = signal.aborted ? undefined : await answered(connect(address, port, pours), signal)
    if (socket !== undefined) return socket
  }
  return refuse('unreachable', `${host}:${port} did not answer.`)
}

function answered(socket: Socket, signal: AbortSignal): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const settle = (outcome: Socket | undefined) => {
      clearTimeout(timer)
      signal.removeEventListener('abort', failed)
      socket.off('connect', connected)
      socket.off('error', failed)
      resolve(outcome)
    }
    const failed = () => {
      // It may report one more error while it is taken down.
      socket.on('error', () => undefined)
      socket.destroy()
      settle(undefined)
    }
    const connected = () => settle(socket)
    const timer = setTimeout(failed, DIAL_MS)
    signal.addEventListener('abort', failed, { once: true })
    socket.once('connect', connected)
    socket.once('error', failed)
  })
}

function within<T>(ms: number, promise: Promise<T>): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error('timed out')), ms)
  return Promise.race([promise, late]).finally(() => clearTimeout(timer))
}
