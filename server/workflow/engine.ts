// The engine of one process: a worker that takes turns, runs the steps that it claimed, and leaves them to others when it
// goes. What a step does is the runner's; what is decided, the language's.
import { setImmediate as immediate, setTimeout as pause } from 'node:timers/promises'
import type { Sql } from 'postgres'
import type { Plans } from '#dsl/policy/quota.ts'
import type { Log } from '#server/log.ts'
import { DEATHS_MAX } from './advance.ts'
import type { Begun as BegunRun, NewRun } from './begin-run.ts'
import { CHANNELS } from './channels.ts'
import { openDatabase } from './database.ts'
import { createExecutions, LEAVE_MS } from './executions.ts'
import { openIntake } from './intake.ts'
import { join, recoverLost } from './liveness.ts'
import type { Membership } from './liveness.ts'
import type { KnownRuns } from './held-runs.ts'
import { openQueue } from './queue.ts'
import { recoverSteps } from './recover.ts'
import type { HeldStep } from './recover.ts'
import type { StepRunner } from './step-runner.ts'
import { createTidy } from './tidy.ts'
import { openTurnDatabase } from './turn-database.ts'
import { takeTurn } from './turn.ts'
import type { Begun, Finished, TurnResult } from './turn.ts'

/** Steps that one process runs at once. */
const SLOTS = 32
/** Milliseconds between looks when nothing is heard. */
const BACKSTOP_MS = 15_000
/** Milliseconds to wait after a turn that failed: the database restarts, or two turns met. */
const AGAIN_MS = [10, 50, 200, 500, 1000]
/** Milliseconds until others see what a step was given. */
const TELL_MS = 150

export interface EngineParts {
  readonly url: string
  readonly runner: StepRunner
  /** Kinds of work that this process takes. */
  readonly queues: readonly string[]
  /** All kinds that there are. */
  readonly kinds: readonly string[]
  readonly log: Log
  /** Quotas of each person's runs; none are held to any without. */
  readonly plans?: Plans
  readonly slots?: number
  /** Deaths of workers after which a step is blamed for them. */
  readonly deathsMax?: number
}

export interface Engine {
  readonly sql: Sql
  /** Writes a new run, which is to be woken. Faults: as of `beginRun`. */
  begin(spec: NewRun): Promise<BegunRun>
  /** Asks for a look at a run; returns at once. */
  wake(run?: string): void
  /** Called with the id of a run that has new events, here or in another process. */
  watch(listener: (run: string) => void): () => void
  /** Lets go of what runs, which another worker joins. */
  close(): Promise<void>
}

/** Joins the workers of this database and begins. Rejects when the database is away; once begun, it goes on trying. */
export async function startEngine(parts: EngineParts): Promise<Engine> {
  const { url, runner, queues, kinds, log, plans, slots = SLOTS, deathsMax = DEATHS_MAX } = parts
  const sql = openDatabase(url, 5)
  const db = openTurnDatabase(url)
  const known: KnownRuns = new Map()
  const queue = await openQueue(url, kinds)
  const listeners = new Set<(run: string) => void>()
  const timers = new Map<string, NodeJS.Timeout>()
  let finished: Finished[] = []
  let begun: Begun[] = []
  let dirty = new Set<string>()
  let look = new Set(queues)
  /** Workers that are gone, until this one has taken their steps over. */
  let dead = new Map<string, PromiseWithResolvers<void>>()
  let member: Membership | undefined
  /** Between two memberships it takes no turns. */
  let isMember = false
  let closing = false
  let rejoining = Promise.resolve()
  let wanted = false
  let turning: Promise<void> | undefined
  const executions = createExecutions({
    runner,
    log,
    over(one) {
      if (one) finished.push(one)
      wake()
    },
    told(one) {
      begun.push(one)
      // A step that ends sooner tells both in one turn.
      setTimeout(() => begun.length > 0 && wake(), TELL_MS)
    },
  })

  function wake(run?: string): void {
    if (run !== undefined && run !== '') dirty.add(run)
    wanted = true
    if (!closing && isMember) turning ??= turns().finally(() => (turning = undefined))
  }

  /** Asks for a look into the queues: somebody put something there, or may have. */
  function lookAll(): void {
    for (const name of queues) look.add(name)
    wake()
  }

  async function turns(): Promise<void> {
    let failures = 0
    while (wanted && !closing && isMember && member) {
      // What ends in the same moment is settled by the same turn.
      await immediate()
      wanted = false
      const worker = member.id
      const buried = dead
      const free = Math.max(0, slots - executions.count)
      const work = { finished, begun, dirty, look, dead: [...buried.keys()], free }
      finished = []
      begun = []
      dirty = new Set()
      look = new Set()
      dead = new Map()
      try {
        const result = await takeTurn({ db, queue, runner, worker, queues, known, deathsMax, log }, work)
        failures = 0
        for (const one of buried.values()) one.resolve()
        for (const name of result.left) look.add(name)
        if (member.id === worker && isMember) follow(result)
        if (look.size > 0 && executions.count < slots) wanted = true
      } catch (error) {
        finished = [...work.finished, ...finished]
        begun = [...work.begun, ...begun]
        dirty = new Set([...work.dirty, ...dirty])
        look = new Set([...work.look, ...look])
        for (const one of buried.values()) one.reject(error)
        wanted = true
        log.warn({ err: error }, 'a turn of the engine is taken again')
        await pause(AGAIN_MS[Math.min(failures++, AGAIN_MS.length - 1)] ?? 1000)
      }
    }
  }

  function follow({ started, abort, changed, ended, times }: TurnResult): void {
    for (const one of started) executions.start(one)
    for (const { run, instance } of abort) executions.end(run, instance)
    for (const run of changed) for (const listener of listeners) listener(run)
    for (const { at, run } of times) remind(at, run)
    if (ended.length > 0) void tidy.look()
  }

  function remind(at: number, run: string): void {
    const name = `${run} ${at}`
    if (timers.has(name) || closing) return
    const timer = setTimeout(
      () => {
        timers.delete(name)
        if (run === '') lookAll()
        else wake(run)
      },
      Math.min(Math.max(0, at - Date.now()) + 2, 2 ** 31 - 1),
    )
    timers.set(name, timer)
  }

  /** Rejects when it was not done; whoever asked finds that worker gone once more. */
  async function takeOver(worker: string): Promise<void> {
    const over = dead.get(worker) ?? Promise.withResolvers<void>()
    dead.set(worker, over)
    wake()
    if (!isMember || closing) abandon()
    await over.promise
    // A turn that it died in may have kept jobs from others' eyes.
    lookAll()
    await lookForStuck()
  }

  function abandon(): void {
    for (const one of dead.values()) one.reject(new Error('This worker takes nothing over any more.'))
    dead.clear()
  }

  const recover = (worker: string, died = true, held: readonly HeldStep[] = []) =>
    recoverSteps({ sql, queue, runner, deathsMax }, worker, died, held).then(async (runs) => {
      for (const run of runs) wake(run)
      // A turn that it died in may have kept jobs from others' eyes.
      lookAll()
      if (died) await lookForStuck()
    })

  async function enter(): Promise<void> {
    const joined = await join({ url, sql, queues, log, recover, takeOver })
    try {
      await lookForStuck()
    } catch (error) {
      // A worker that lives twice would keep from others what its first life holds.
      await joined.leave()
      throw error
    }
    if (closing) return joined.leave()
    member = joined
    isMember = true
    void joined.lost.then(() => {
      if (closing || member !== joined) return
      isMember = false
      rejoining = rejoin(joined)
    })
    lookAll()
    void tidy.look()
  }

  /** Runs that nothing would move again: whoever was to look at them died before. */
  async function lookForStuck(): Promise<void> {
    const rows = await sql<{ id: string }[]>`select id from runs where settled_at is null and ended_at is null
      and (state = 'queued' or stop is not null or deadline is not null or not exists
        (select from run_steps where run_id = runs.id and state in ('queued', 'running')))`
    for (const { id } of rows) dirty.add(id)
    if (rows.length > 0) wake()
  }

  /** Others may have taken over: nothing that this worker did counts any more. */
  async function rejoin(old: Membership): Promise<void> {
    log.warn({ worker: old.id }, 'this worker lost its session and joins anew')
    await turning
    abandon()
    const { held } = executions
    await executions.detach()
    finished = []
    begun = []
    await old.leave().catch(() => undefined)
    while (!closing) {
      try {
        await recover(old.id, false, held)
        return await enter()
      } catch (error) {
        log.warn({ err: error }, 'this worker cannot join yet')
        await pause(500)
      }
    }
  }

  const tidy = createTidy({
    ...{ sql, runner, plans, wake },
    failed: (error) => closing || log.warn({ err: error }, 'cleaning up after a run is tried again'),
  })

  const listening = await Promise.all([
    sql.listen(CHANNELS.work, (worker) => worker !== member?.id && lookAll()),
    sql.listen(CHANNELS.run, (text) => {
      const [worker, ...ids] = text.split(' ')
      // What happened here is told already.
      if (worker === member?.id) return
      for (const run of ids) for (const listener of listeners) listener(run)
    }),
    sql.listen(CHANNELS.abort, (text) => {
      const [run = '', instance = '', worker] = JSON.parse(text) as string[]
      if (worker === member?.id) executions.end(run, instance)
    }),
  ])
  await enter()
  const backstop = setInterval(() => {
    lookAll()
    recoverLost({ sql, recover })
      .then(lookForStuck)
      .catch((error: unknown) => log.warn({ err: error }, 'runs are looked for again'))
    void tidy.look()
  }, BACKSTOP_MS)

  return {
    sql,
    begin: openIntake(sql, plans),
    wake,
    watch(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    async close() {
      closing = true
      clearInterval(backstop)
      for (const timer of timers.values()) clearTimeout(timer)
      await rejoining
      await turning
      abandon()
      await executions.detach()
      await Promise.race([tidy.close(), pause(LEAVE_MS)])
      if (member) {
        await recover(member.id, false).catch((error: unknown) =>
          log.warn({ err: error }, 'steps were left behind'),
        )
        await member.leave().catch(() => undefined)
      }
      await Promise.all(listening.map(({ unlisten }) => unlisten().catch(() => undefined)))
      await queue.close()
      await db.close()
      await sql.end({ timeout: 5 })
    },
  }
}
