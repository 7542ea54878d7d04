// Start and end of one container, and why it ended. The token goes in by its standard input, and never by the engine's
// records: neither `docker inspect` nor any /proc inside shows it.
import type { Duplex } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import type { Container } from 'dockerode'
import { Fault } from '#dsl/fault.ts'
import { faultOf, statusOf, within } from './engine.ts'

const GONE_MS = 20_000
const GONE_STEP_MS = 20
const AWAY_MS = 1000
const LOG_LINES = 20
const LOG_BYTES = 8192

export type ExitReason = 'exited' | 'oom' | 'killed'

export interface Ending {
  readonly reason: ExitReason
  readonly code: number
  /** The last that the runtime said on its standard output and error. */
  readonly says: string
}

export async function startWith(container: Container, input: string): Promise<void> {
  const stdin = await attachStdin(container)
  // A container that ended early closes its side; how it ended says more than this error.
  stdin.on('error', () => undefined)
  stdin.resume()
  try {
    await container.start(within())
  } catch (error) {
    stdin.end()
    throw error
  }
  stdin.end(input)
}

/** dockerode's own repeats its options as a body, which Podman hands to the program as its first input. */
function attachStdin(container: Container): Promise<Duplex> {
  const { modem } = container as unknown as { readonly modem: Modem }
  const asked = {
    ...{
      path: `/containers/${container.id}/attach?`,
      method: 'POST',
      options: { stream: true, stdin: true },
    },
    ...{ hijack: true, isStream: true, file: Buffer.alloc(0), statusCodes: {}, ...within() },
  }
  return new Promise((done, fail) =>
    modem.dial(asked, (error, stream) => (stream ? done(stream) : fail(error ?? new Error('no stream')))),
  )
}

/** What dockerode speaks to the engine by; its types have it as anything. */
interface Modem {
  dial(asked: object, answered: (error: Error | null, stream?: Duplex) => void): void
}

/** Resolves when it has ended, also while the engine itself is away for a time. Rejects when `signal` aborts. */
export async function ended(container: Container, signal: AbortSignal): Promise<Ending> {
  for (;;) {
    try {
      await container.wait({ abortSignal: signal })
      return await endingOf(container)
    } catch (error) {
      signal.throwIfAborted()
      if (statusOf(error) === 404) return { reason: 'killed', code: 137, says: '' }
      await pause(AWAY_MS, undefined, { signal, ref: false })
    }
  }
}

async function endingOf(container: Container): Promise<Ending> {
  const { State } = await container.inspect(within())
  const isKilled = State.ExitCode > 128
  const reason = isKilled && State.OOMKilled ? 'oom' : isKilled ? 'killed' : 'exited'
  return { reason, code: State.ExitCode, says: await lastWords(container) }
}

async function lastWords(container: Container): Promise<string> {
  const asked = { stdout: true, stderr: true, tail: LOG_LINES, follow: false as const, ...within() }
  const frames = await container.logs(asked).catch(() => Buffer.alloc(0))
  return textOf(frames).slice(-LOG_BYTES).trim()
}

/** The engine puts 8 bytes before each piece: which stream, three zeros, and a length of 32 bits. */
function textOf(frames: Buffer): string {
  const pieces: Buffer[] = []
  for (let at = 0; at + 8 <= frames.length;) {
    const end = at + 8 + frames.readUInt32BE(at + 4)
    pieces.push(frames.subarray(at + 8, end))
    at = end
  }
  return Buffer.concat(pieces).toString()
}

/** Kills and removes it; resolves when it is gone. Idempotent. Faults: unavailable. */
export async function removeContainer(container: Container): Promise<void> {
  const until = Date.now() + GONE_MS
  for (;;) {
    try {
      await container.remove({ force: true, v: true, ...within() })
    } catch (error) {
      if (statusOf(error) === 404) return
      // 409: somebody else is removing it. 500: Podman's mounts are busy for a moment.
      if (statusOf(error) !== 409 && statusOf(error) !== 500) throw faultOf(error)
      if (Date.now() > until) throw new Fault('unavailable', 'The sandbox does not end.', { cause: error })
      await pause(GONE_STEP_MS)
    }
  }
}
