// The engine behind a Unix socket (Docker, or Podman's socket), and what it means when it refuses. The socket is this
// server's alone: it is never mounted into anything.
import Docker from 'dockerode'
import { Fault } from '#dsl/fault.ts'
import type { DriverProblem } from '#server/fleet/driver.ts'
import { untilAborted } from '#server/fleet/until-aborted.ts'

/** Milliseconds for what an engine answers at once. */
const ASK_MS = 30_000
/** Milliseconds to see whether anybody is there. */
const PING_MS = 3000

export type Engine = Docker

/** The host is empty and the protocol said: dockerode would else take both from DOCKER_HOST, before the socket. */
export function openEngine(socketPath: string): Engine {
  return new Docker({ socketPath, host: '', protocol: 'http' })
}

/** For every request: no engine is waited for without an end. */
export function within(ms = ASK_MS): { readonly abortSignal: AbortSignal } {
  return { abortSignal: AbortSignal.timeout(ms) }
}

/** For the one request that takes no signal: it is left alone when its time is over. */
export function inTime<T>(asked: Promise<T>, ms = ASK_MS): Promise<T> {
  return untilAborted(asked, AbortSignal.timeout(ms))
}

/** What the engine says of itself. Its types do not know that these take a signal. */
export function ask(engine: Engine, what: 'info' | 'version' | 'ping', ms = ASK_MS): Promise<unknown> {
  const asked = engine[what] as (options: ReturnType<typeof within>) => Promise<unknown>
  return asked.call(engine, within(ms))
}

export async function answers(engine: Engine): Promise<boolean> {
  return ask(engine, 'ping', PING_MS).then(
    () => true,
    () => false,
  )
}

/** Path of a `unix://` address. Faults: invalid: an engine that listens to a network is as open as its network. */
export function socketOf(address: string): string {
  const path = /^unix:\/\/(\/.+)$/.exec(address)?.[1]
  if (path === undefined)
    throw new Fault(
      'invalid',
      'DOCKER_HOST is unix:///path/of/a.sock here. Another machine’s comes by ssh -nNT -L /run/far.sock:/var/run/docker.sock HOST.',
    )
  return path
}

/** HTTP status of an engine's refusal; undefined when it was none. */
export function statusOf(error: unknown): number | undefined {
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : undefined
  return typeof status === 'number' ? status : undefined
}

/** What an error of the engine means, and what would make it right; a fault that knows better is believed. */
export function meaningOf(error: unknown): DriverProblem {
  const data = error instanceof Fault ? error.data : undefined
  if (typeof data === 'object' && data !== null && 'problem' in data && 'remedy' in data)
    return { problem: String(data.problem), remedy: String(data.remedy) }
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'ENOENT' || code === 'ECONNREFUSED')
    return {
      problem: 'No Docker engine answers, so no terminal can be opened.',
      remedy: 'systemctl start docker   (another engine: DOCKER_HOST=unix:///run/podman/podman.sock)',
    }
  if (error instanceof Error && (error.name === 'AbortError' || error.name === 'TimeoutError'))
    return { problem: 'The Docker engine does not answer in time.', remedy: 'systemctl restart docker' }
  if (code === 'EACCES')
    return {
      problem: "This server may not open the Docker engine's socket.",
      remedy: 'usermod -aG docker "$USER"   (and log in again)',
    }
  return meaningOfWords(error instanceof Error ? error.message : String(error))
}

function meaningOfWords(says: string): DriverProblem {
  // What runc says of a profile that it was told to take; of its own default an engine says something else.
  if (/apparmor failed to apply profile/i.test(says))
    return {
      problem: `The AppArmor profile of containers is not loaded any more: ${says.trim()}`,
      remedy: 'sudo apparmor_parser -r -W infra/sandbox/apparmor/chispart',
    }
  return { problem: `The Docker engine cannot start a sandbox: ${says.trim()}`, remedy: 'chispart doctor' }
}

export function unavailable(problem: DriverProblem, cause?: unknown): Fault {
  return new Fault('unavailable', problem.problem, { data: problem, cause })
}

/** An error of the engine as the fault that a caller is told; a fault stays what it is. */
export function faultOf(error: unknown): Fault {
  return error instanceof Fault ? error : unavailable(meaningOf(error), error)
}
