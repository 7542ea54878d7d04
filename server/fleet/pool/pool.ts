// Sandboxes that wait for a workspace: started with the limits of a plan, linked, an empty repository in them, no way out,
// and nobody's. A workspace takes the id of the one that it gets, so nothing of it has to be renamed or widened. It never
// takes one back.
import { randomBytes } from 'node:crypto'
import { freemem } from 'node:os'
import { hashSecret, newSecret } from '#server/auth/secret.ts'
import type { EgressNarrowing } from '#server/egress/narrowing.ts'
import type { Driver, SandboxLimits } from '#server/fleet/driver.ts'
import type { Hub } from '#server/fleet/hub.ts'
import type { RuntimeLink } from '#server/fleet/link.ts'
import { OWN } from '#server/fleet/own-grant.ts'
import type { SandboxReady } from '#server/fleet/ready.ts'
import { ensureRepository } from '#server/fleet/repository.ts'
import type { Log } from '#server/log.ts'
import { createMarks } from './marks.ts'
import { compare, sameLimits, wishesAfter } from './wanted.ts'

const LINK_MS = 15_000
const SETUP_MS = 30_000
/** After a workspace took one: until then the processors are its own. */
const REFILL_MS = 1500
/** After one could not be made. */
const RETRY_MS = 60_000
/** Bytes of memory that the machine must have left for the pool to grow. */
const SPARE = 1_073_741_824

export interface Pooled {
  readonly id: string
  readonly tokenHash: string
  readonly limits: SandboxLimits
}

export interface Pool {
  /** Holds sandboxes with these limits until others are asked for. */
  prepare(limits: SandboxLimits): void
  /** One with exactly these limits, the caller's from now on; undefined when none waits. */
  take(limits: SandboxLimits): Pooled | undefined
  /** How many wait now. */
  waiting(): number
  /** A workspace has its id: its way out opens as far as the workspace's own rules, and a crash leaves it where it is. */
  settle(id: string): Promise<void>
  /** One that was taken for a workspace that came to nothing. */
  discard(id: string): Promise<void>
  /** Whether the sandbox that ended was the pool's; it makes another then. */
  ended(id: string): boolean
  /** Takes away what a server that was killed left; `isWorkspace`: whether it had become one. Call it before the first `prepare`. */
  sweep(isWorkspace: (id: string) => boolean): Promise<void>
  /** Removes all that wait. */
  close(): Promise<void>
}

export interface PoolParts {
  /** How many wait; 0: none. */
  readonly size: number
  /** Directory of its own. */
  readonly directory: string
  readonly driver: Pick<Driver, 'start' | 'stop' | 'remove'>
  readonly hub: Pick<Hub, 'expect' | 'forget' | 'link' | 'uses'>
  readonly egress: Pick<EgressNarrowing, 'narrow' | 'forget'>
  readonly ready: SandboxReady
  readonly log: Log
  readonly refillMs?: number
}

/** How many wait where nobody says: each costs some 20 MiB, and making one some 0.2 s of CPU. */
export function usualSize(machineBytes: number): number {
  return machineBytes < 4 * SPARE ? 0 : 2
}

export function createPool(parts: PoolParts): Pool {
  const { size, driver, hub, egress, ready, log, refillMs = REFILL_MS } = parts
  const marks = createMarks(parts.directory)
  const waiting = new Map<string, Pooled>()
  const making = new Set<string>()
  let wishes: readonly SandboxLimits[] = []
  let filling: Promise<void> | undefined
  let timer: NodeJS.Timeout | undefined
  let isClosed = false

  function fillIn(ms: number): void {
    clearTimeout(timer)
    if (isClosed || size === 0) return
    timer = setTimeout(() => (filling = (filling ?? Promise.resolve()).then(fill)), ms).unref()
  }

  async function fill(): Promise<void> {
    try {
      for (const { id } of compare(wishes, [...waiting.values()]).surplus) await discard(id)
      for (;;) {
        const [limits] = compare(wishes, [...waiting.values()]).missing
        if (limits === undefined || isClosed || freemem() < SPARE || (await ready())) return
        await make(limits)
      }
    } catch (error) {
      log.warn({ err: error }, 'no sandbox could be made to wait')
      fillIn(RETRY_MS)
    }
  }

  async function make(limits: SandboxLimits): Promise<void> {
    const id = newWorkspaceId()
    const token = newSecret(32)
    const tokenHash = hashSecret(token)
    making.add(id)
    try {
      await marks.add(id)
      egress.narrow(id, [])
      hub.expect(id, tokenHash)
      await driver.start({ id, token, repository: true, limits })
      const link = await hub.link(id, LINK_MS)
      const signal = AbortSignal.timeout(SETUP_MS)
      await ensureRepository(link, { repo: null, isThere: link.hadRepository }, signal)
      await readTerminals(link, signal)
      if (!making.has(id) || isClosed) throw new Error('It ended before somebody wanted it.')
      waiting.set(id, { id, tokenHash, limits })
    } catch (error) {
      await discard(id)
      if (!isClosed) throw error
    } finally {
      making.delete(id)
    }
  }

  async function discard(id: string): Promise<void> {
    waiting.delete(id)
    hub.forget(id)
    await driver.remove(id)
    egress.forget(id)
    await marks.remove(id)
  }

  const discardQuietly = (id: string) =>
    discard(id).catch((error: unknown) =>
      log.warn({ sandbox: id, err: error }, 'a sandbox that waited is still there'),
    )

  return {
    prepare(limits) {
      wishes = Array.from({ length: size }, () => limits)
      fillIn(0)
    },
    take(limits) {
      if (isClosed || size === 0) return undefined
      wishes = wishesAfter(wishes, limits, size)
      fillIn(refillMs)
      const found = [...waiting.values()].find(
        (one) => sameLimits(one.limits, limits) && hub.uses(one.id) >= 0,
      )
      if (found) waiting.delete(found.id)
      return found
    },
    waiting: () => waiting.size,
    async settle(id) {
      egress.forget(id)
      await marks.remove(id)
    },
    discard: discardQuietly,
    ended(id) {
      if (!waiting.has(id) && !making.has(id)) return false
      making.delete(id)
      void discardQuietly(id)
      fillIn(refillMs)
      return true
    },
    async sweep(isWorkspace) {
      for (const id of await marks.list()) {
        if (isWorkspace(id)) await marks.remove(id)
        else await discardQuietly(id)
      }
    },
    async close() {
      isClosed = true
      clearTimeout(timer)
      // Who waits for its link hears that there will be none.
      for (const id of making) hub.forget(id)
      await filling
      await Promise.all([...waiting.keys()].map(discardQuietly))
    },
  }
}

/** A runtime reads what serves terminals when somebody first asks for them; here nobody waits for it. */
async function readTerminals(link: RuntimeLink, signal: AbortSignal): Promise<void> {
  const call = { op: 'pty.list', input: {}, grant: OWN, streams: [], signal }
  await link.call({ ...call, emit: () => Promise.resolve() })
}

export function newWorkspaceId(): string {
  return `w${randomBytes(8).toString('hex')}`
}
