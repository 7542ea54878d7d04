// A step runner for tests of the engine: each step does what the test says, and everything is remembered.
import { Fault } from '#dsl/fault.ts'
import { Detached } from './step-runner.ts'
import type { RunFacts, StepCall, StepEnd, StepRunner } from './step-runner.ts'

export type Play = (call: StepCall, signal: AbortSignal) => Promise<StepEnd> | StepEnd

export const OK: StepEnd = { ok: true, costUsd: 0 }
export const failed = (message: string, exitCode = 1): StepEnd => ({
  ok: false,
  failure: { exitCode },
  error: { code: 'internal', message },
  costUsd: 0,
})

export interface TestRunner extends StepRunner {
  readonly keys: string[]
  readonly over: { run: RunFacts; succeeded: boolean }[]
}

export function testRunner(plays: Readonly<Record<string, Play>> = {}): TestRunner {
  const keys: string[] = []
  const over: TestRunner['over'] = []
  return {
    keys,
    over,
    queueOf: () => 'shell',
    async run(call, signal, started) {
      keys.push(call.key)
      started({ step: call.step.id })
      return (await plays[call.step.id]?.(call, signal)) ?? OK
    },
    ended: (run, succeeded) => Promise.resolve(void over.push({ run, succeeded })),
  }
}

/** Goes on until the signal ends it, or it is let go of. */
export const forever: Play = (_, signal) =>
  new Promise((resolve, reject) => {
    const end = () => {
      if (signal.reason instanceof Detached) return reject(signal.reason)
      const { code, message } = signal.reason as Fault
      resolve({ ok: false, failure: { fault: code }, error: { code, message }, costUsd: 0 })
    }
    if (signal.aborted) return end()
    signal.addEventListener('abort', end, { once: true })
  })
