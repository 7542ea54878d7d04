// Where runtimes arrive: checks each hello and holds one live link per workspace; a further one, which it asked for, it
// hands on unread. It never starts a sandbox.
import { randomUUID, timingSafeEqual } from 'node:crypto'
import type { Duplex } from 'node:stream'
import { Fault } from '#dsl/fault.ts'
import { Hello } from '#dsl/wire/link.ts'
import { readPackets } from '#runtime/link/packet.ts'
import type { PacketReader } from '#runtime/link/packet.ts'
import { hashSecret } from '#server/auth/secret.ts'
import type { Log } from '#server/log.ts'
import { openLink } from './link.ts'
import type { RuntimeLink } from './link.ts'
import type { Mux } from './mux.ts'

const HELLO_MS = 5000

export interface Hub {
  /** From now on the workspace's runtime may link with the token of this SHA-256 (hex). */
  expect(workspace: string, tokenHash: string): void
  /** It may not any more; its link closes, and who waits for one is told. */
  forget(workspace: string): void
  /** A connection that came out of the workspace's sandbox. It is closed unless it says the right hello in time. */
  accept(workspace: string, stream: Duplex): void
  /** Waits until the runtime is linked. Faults: unavailable after `waitMs` or once it is forgotten; the signal's reason. */
  link(workspace: string, waitMs: number, signal?: AbortSignal): Promise<RuntimeLink>
  /** A further link of a runtime that is linked, after its hello, for another process. Faults: unavailable. */
  guest(workspace: string, waitMs: number): Promise<Duplex>
  /** As the link's, while there is one: two that differ say that the workspace was used in between. */
  uses(workspace: string): number
  close(): void
}

interface Waiter {
  wake(link: RuntimeLink): void
  refuse(): void
}

export function createHub(mux: Mux, log: Log): Hub {
  const hashes = new Map<string, string>()
  const links = new Map<string, RuntimeLink>()
  const waiting = new Map<string, Set<Waiter>>()
  const strangers = new Set<Duplex>()
  const guests = new Map<string, { readonly workspace: string; readonly welcome: (stream: Duplex) => void }>()

  function arrived(workspace: string, stream: Duplex, hadRepository: boolean): PacketReader {
    const { link, reader } = openLink(stream, mux, hadRepository)
    links.set(workspace, link)
    stream.once('close', () => {
      if (links.get(workspace) === link) links.delete(workspace)
      log.info({ workspace }, 'a runtime is gone')
    })
    log.info({ workspace }, 'a runtime is here')
    const waiters = waiting.get(workspace) ?? []
    waiting.delete(workspace)
    for (const { wake } of waiters) wake(link)
    return reader
  }

  /** Undefined when the stream is a guest's from now on. */
  function greet(workspace: string, stream: Duplex, text: string): PacketReader | undefined {
    const { hello } = Hello.parse(JSON.parse(text))
    const right = sameHash(hashes.get(workspace), hashSecret(hello.token))
    if (!right) log.warn({ workspace }, 'a runtime said a wrong hello')
    const guest = hello.guest === undefined ? undefined : guests.get(hello.guest)
    const expected = hello.guest === undefined ? !links.has(workspace) : guest?.workspace === workspace
    if (!right || !expected) throw new Fault('forbidden', 'This hello is not expected here.')
    if (!guest) return arrived(workspace, stream, hello.repository)
    guest.welcome(stream)
    return undefined
  }

  return {
    expect: (workspace, tokenHash) => void hashes.set(workspace, tokenHash),
    forget(workspace) {
      hashes.delete(workspace)
      links.get(workspace)?.close()
      links.delete(workspace)
      const waiters = waiting.get(workspace) ?? []
      waiting.delete(workspace)
      for (const { refuse } of waiters) refuse()
    },
    accept(workspace, stream) {
      let reader: PacketReader | undefined
      const late = setTimeout(() => stream.destroy(), HELLO_MS)
      strangers.add(stream)
      stream.on('error', (error) => log.debug({ workspace, err: error }, 'a link broke'))
      stream.once('end', () => stream.destroy())
      stream.once('close', () => {
        clearTimeout(late)
        strangers.delete(stream)
      })
      const stop = readPackets(stream, {
        text(text) {
          if (reader) return reader.text(text)
          reader = greet(workspace, stream, text)
          clearTimeout(late)
          if (reader) strangers.delete(stream)
          else stop()
        },
        binary(frame) {
          if (!reader) throw new Fault('malformed', 'A link starts with a hello.')
          return reader.binary(frame)
        },
      })
    },
    link(workspace, waitMs, signal) {
      const here = links.get(workspace)
      if (here) return Promise.resolve(here)
      return new Promise((resolve, reject) => {
        const waiters = waiting.get(workspace) ?? new Set<Waiter>()
        waiting.set(workspace, waiters)
        const stop = () => {
          clearTimeout(timer)
          signal?.removeEventListener('abort', aborted)
          waiters.delete(waiter)
        }
        const waiter: Waiter = {
          wake: (link) => (stop(), resolve(link)),
          refuse: () => (stop(), reject(silent())),
        }
        const aborted = () => (stop(), reject(signal?.reason as Error))
        const timer = setTimeout(waiter.refuse, waitMs)
        signal?.addEventListener('abort', aborted, { once: true })
        waiters.add(waiter)
      })
    },
    guest(workspace, waitMs) {
      const link = links.get(workspace)
      if (!link) return Promise.reject(silent())
      const name = randomUUID()
      return new Promise<Duplex>((resolve, reject) => {
        const timer = setTimeout(() => reject(silent()), waitMs)
        guests.set(name, { workspace, welcome: (stream) => (clearTimeout(timer), resolve(stream)) })
        link.invite(name)
      }).finally(() => guests.delete(name))
    },
    uses: (workspace) => links.get(workspace)?.uses() ?? -1,
    close() {
      for (const link of links.values()) link.close()
      for (const stream of strangers) stream.destroy()
    },
  }
}

function sameHash(expected: string | undefined, said: string): boolean {
  if (expected?.length !== said.length) return false
  return timingSafeEqual(Buffer.from(expected), Buffer.from(said))
}

function silent(): Fault {
  return new Fault('unavailable', 'The workspace does not answer. Stop it, and start it again.')
}
