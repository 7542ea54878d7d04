// Tells commits on GitHub how their runs go, whoever runs them: a row says what each has heard, so that what one process
// leaves untold the next one tells. No run ever waits for it, nor fails of it.
import { toFault } from '#dsl/fault.ts'
import type { Fault } from '#dsl/fault.ts'
import type { Audit } from '#server/events/audit.ts'
import { contextOf, pendingOf, statusOf } from '#server/github/commit-status.ts'
import type { CommitStatus } from '#server/github/commit-status.ts'
import type { StatusTeller } from '#server/github/tell-status.ts'
import type { Log } from '#server/log.ts'
import { regularly } from '#server/regularly.ts'
import { addCheck, checkTold, claimCheck, dueChecks, putOffCheck } from '#server/store/checks.ts'
import type { CheckKey, CheckRow } from '#server/store/checks.ts'
import type { Store } from '#server/store/store.ts'
import { isDatabaseAway } from '#server/store/transaction.ts'
import type { RunFacts } from './step-runner.ts'

/** What changes meanwhile is looked for at once. */
const GATHER_MS = 100
/** Milliseconds between looks for what others left. */
const SWEEP_MS = 5000
/** Nobody else tells what one process tells: longer than a teller waits for GitHub. */
const CLAIM_MS = 30_000
const AT_ONCE = 4
/**
 * Milliseconds until the next try, after each that failed; after the last one it is given up. Together more than an hour,
 * after which GitHub counts its limits anew.
 */
const AGAIN_MS = [1, 5, 15, 60, 120, 300, 600, 600, 600, 600, 600, 600].map((seconds) => seconds * 1000)
/** GitHub may ask for more patience, but not for more than this. */
const PATIENCE_MS = 3_600_000

export interface ChecksParts {
  readonly store: Store
  readonly github: StatusTeller
  /** Where the pages of runs are: `http://localhost:3000`. */
  readonly origin: string
  readonly audit: Audit
  readonly log: Log
}

export interface Checks {
  /** Asks for a look at a run; returns at once. */
  changed(run: string): void
  /** The run has a pull request whose newest commit is `sha`. Resolves once that is written; it is told behind it. */
  opened(run: RunFacts, pull: { readonly repo: string; readonly sha: string }): Promise<void>
  /** What is untold by then is told at the next start, or by another process. */
  close(): Promise<void>
}

/** What of a run a telling needs. */
type Told = CheckKey & Pick<CheckRow, 'trying' | 'tries' | 'owner' | 'plan' | 'workflow'>

export function startChecks({ store, github, origin, audit, log }: ChecksParts): Checks {
  const ending = new AbortController()
  const timers = new Set<NodeJS.Timeout>()
  const going = new Set<Promise<void>>()
  let asked = new Set<string>()
  let gathering = false
  let looking = Promise.resolve()

  function changed(run: string): void {
    asked.add(run)
    gather()
  }

  function gather(): void {
    if (gathering || asked.size === 0) return
    gathering = true
    after(GATHER_MS, () => {
      const runs = [...asked]
      asked = new Set()
      const done = () => {
        gathering = false
        gather()
      }
      behind(look(runs).finally(done))
    })
  }

  function after(ms: number, act: () => void): void {
    if (ending.signal.aborted) return
    const timer = setTimeout(() => {
      timers.delete(timer)
      act()
    }, ms)
    timers.add(timer.unref())
  }

  /** What fails is found by the next look: the row says that it is untold. */
  function behind(done: Promise<void>): void {
    const told = done.catch(later).finally(() => going.delete(told))
    going.add(told)
  }

  function later(error: unknown): void {
    log[isDatabaseAway(error) ? 'warn' : 'error'](
      { err: error },
      'commits on GitHub hear of their runs later',
    )
  }

  /** One after the other: of the same run the later one sees what the earlier one has told. */
  function look(runs?: readonly string[]): Promise<void> {
    const next = looking.then(async () => {
      const left = ending.signal.aborted ? [] : await dueChecks(store, runs)
      const lane = async () => {
        for (let row = left.shift(); row !== undefined && !ending.signal.aborted; row = left.shift())
          await take(row).catch(later)
      }
      await Promise.all(Array.from({ length: AT_ONCE }, lane))
    })
    looking = next.catch(() => undefined)
    return next
  }

  async function take(row: CheckRow): Promise<void> {
    const status = statusOf(row)
    const hasEnded = status.state !== 'pending'
    if (row.isOutdated || (hasEnded && row.told === asText(status)))
      return checkTold(store, row, { told: row.told, done: true })
    if (row.told === asText(status) || !(await claimCheck(store, row, CLAIM_MS))) return
    await tell(row, status)
  }

  /** To be called by whoever claimed it. */
  async function tell(check: Told, status: CommitStatus): Promise<void> {
    const { run, repo, sha, workflow } = check
    const told = { ...status, repo, sha, context: contextOf(workflow), targetUrl: `${origin}/runs/${run}` }
    try {
      await github.tell(told, ending.signal)
    } catch (error) {
      return refused(check, status, error)
    }
    await settled(check, status)
    note(check, 'ok')
  }

  function settled(check: Told, status: CommitStatus): Promise<void> {
    return checkTold(store, check, { told: asText(status), done: status.state !== 'pending' })
  }

  async function refused(check: Told, status: CommitStatus, error: unknown): Promise<void> {
    const trying = asText(status)
    const before = check.trying === trying ? check.tries : 0
    // Who closes has not been refused.
    if (ending.signal.aborted) return putOffCheck(store, check, { trying, tries: before, ms: 0 })
    const fault = toFault(error)
    const pause = AGAIN_MS[before]
    if (pause === undefined) {
      log.warn(
        { err: fault, run: check.run, commit: check.sha },
        'a commit on GitHub does not hear of its run',
      )
      note(check, fault.code, fault.message)
      return settled(check, status)
    }
    const ms = Math.max(pause, retryAfterMs(fault))
    log.debug({ err: fault, run: check.run, commit: check.sha, ms }, 'GitHub is told again later')
    await putOffCheck(store, check, { trying, tries: before + 1, ms })
    after(ms, () => changed(check.run))
  }

  function note({ run, owner, plan, repo, sha }: Told, outcome: string, reason?: string): void {
    const who = {
      user: owner,
      userName: owner,
      role: 'member',
      plan,
      via: 'workflow',
      credential: run,
    } as const
    const what = { action: 'github.status', outcome, door: 'workflow', target: `${repo}@${sha}`, reason }
    audit.record({ principal: who, ...what })
  }

  const failed = 'commits that are to hear of their runs could not be looked for'
  const sweep = regularly(() => look().catch(later), SWEEP_MS, { log, failed })
  return {
    changed,
    async opened({ id: run, owner, plan, name: workflow, number }, { repo: name, sha }) {
      const check = { run, repo: github.address(name), sha }
      if (!(await addCheck(store, check, CLAIM_MS))) return
      const first = tell({ ...check, owner, plan, workflow, trying: null, tries: 0 }, pendingOf(number))
      behind(first.finally(() => changed(run)))
    },
    async close() {
      ending.abort()
      for (const timer of timers) clearTimeout(timer)
      await sweep.close()
      await Promise.all(going)
    },
  }
}

const asText = ({ state, description }: CommitStatus) => `${state} ${description}`

function retryAfterMs({ data }: Fault): number {
  const { retryAfterSeconds } = Object(data ?? {}) as { retryAfterSeconds?: unknown }
  return typeof retryAfterSeconds === 'number' ? Math.min(retryAfterSeconds * 1000, PATIENCE_MS) : 0
}
