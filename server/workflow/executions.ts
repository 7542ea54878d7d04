// What one worker runs at this moment: each attempt with its time limit and the way to end it. It decides nothing of how a
// run goes on.
import { setTimeout as pause } from 'node:timers/promises'
import { Fault, toFault } from '#dsl/fault.ts'
import type { Log } from '#server/log.ts'
import type { HeldStep } from './recover.ts'
import { Detached } from './step-runner.ts'
import type { StepCall, StepEnd, StepRunner } from './step-runner.ts'
import type { Begun, Finished, Started } from './turn.ts'

/** How long those that are let go of may take for it. */
export const LEAVE_MS = 10_000

interface ExecutionParts {
  readonly runner: Pick<StepRunner, 'run'>
  readonly log: Log
  /** An attempt is over; `finished` is undefined when it was let go of. */
  readonly over: (finished: Finished | undefined) => void
  /** What a step was given. */
  readonly told: (begun: Begun) => void
}

export interface Executions {
  readonly count: number
  /** What runs here, by run and instance. */
  readonly held: readonly HeldStep[]
  /** Begins an attempt; returns at once. */
  start(started: Started): void
  /** Ends what runs here of a step, because its run was stopped. */
  end(run: string, instance: string): void
  /** Lets go of all of it, which goes on without this worker; resolves after `LEAVE_MS` at the latest. */
  detach(): Promise<void>
}

interface Execution {
  readonly step: HeldStep
  readonly control: AbortController
  readonly done: Promise<void>
}

export function createExecutions({ runner, log, over, told }: ExecutionParts): Executions {
  /** By the key of the attempt. */
  const running = new Map<string, Execution>()

  /** Undefined when it was let go of. */
  async function attempt(call: StepCall, signal: AbortSignal): Promise<StepEnd | undefined> {
    const tell = (input: Begun['input']) => told({ run: call.run.id, instance: call.instance, input })
    try {
      if (call.step.uses === undefined) return { ok: true, costUsd: 0 }
      return await runner.run(call, signal, tell)
    } catch (error) {
      if (signal.reason instanceof Detached) return undefined
      const { code, message } = toFault(signal.aborted ? signal.reason : error)
      if (code === 'internal') log.error({ err: error, key: call.key }, 'a step runner broke')
      return { ok: false, failure: { fault: code }, error: { code, message }, costUsd: 0 }
    }
  }

  return {
    get count() {
      return running.size
    },
    get held() {
      return [...running.values()].map(({ step }) => step)
    },
    start({ call, job }) {
      const step = { run: call.run.id, instance: call.instance }
      const control = new AbortController()
      const { timeout } = call.step
      const late = new Fault('timed_out', `${call.instance} took longer than ${(timeout ?? 0) / 1000} s.`)
      const timer = timeout === undefined ? undefined : setTimeout(() => control.abort(late), timeout)
      const done = attempt(call, control.signal).then((end) => {
        clearTimeout(timer)
        running.delete(call.key)
        over(end && { ...step, job, end })
      })
      running.set(call.key, { step, control, done })
    },
    end(run, instance) {
      for (const { step, control } of running.values())
        if (step.run === run && step.instance === instance)
          control.abort(new Fault('cancelled', 'The run was stopped.'))
    },
    async detach() {
      for (const { control } of running.values()) control.abort(new Detached())
      await Promise.race([Promise.all([...running.values()].map(({ done }) => done)), pause(LEAVE_MS)])
      running.clear()
    },
  }
}
