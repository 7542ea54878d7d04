// A worker process for tests that kill it: the engine with steps that have an effect, once under their key, and say when
// they begin. It is never part of the product.
import { setTimeout as pause } from 'node:timers/promises'
import { pino } from 'pino'
import { openDatabase } from './database.ts'
import { startEngine } from './engine.ts'
import type { StepEnd, StepRunner } from './step-runner.ts'
import { OK, failed } from './test-runner.ts'

export interface Told {
  /** The key of an attempt that begins here. */
  readonly began?: string
  /** It does so no more, whether it has ended or was let go of. */
  readonly ended?: string
  readonly ready?: true
}

const url = process.argv[2] ?? ''
const log = pino({ level: process.argv[3] ?? 'silent' })
const sql = openDatabase(url, 4)
const tell = (told: Told) => void process.send?.(told)

/** What a step does to the world: it happens once under its key, however often the step is delivered. */
async function effect(key: string): Promise<void> {
  for (;;) {
    try {
      await sql`insert into effects (key) values (${key})
        on conflict (key) do update set deliveries = effects.deliveries + 1`
      return
    } catch {
      await pause(20)
    }
  }
}

function endOf(id: string, attempt: number): StepEnd {
  if (id.startsWith('flaky') && attempt === 1) return failed('flaky')
  return id.startsWith('bad') ? failed('bad') : OK
}

const runner: StepRunner = {
  queueOf: () => 'shell',
  async run({ key, step, attempt }, signal, started) {
    tell({ began: key })
    started({ step: step.id })
    try {
      await effect(key)
      // Work takes time; the test kills while it lasts.
      await pause(20 + (key.charCodeAt(5) % 8) * 15, undefined, { signal })
      return endOf(step.id, attempt)
    } finally {
      tell({ ended: key })
    }
  },
  ended: () => Promise.resolve(),
}

// Here it is never the step that a worker dies of, however often the test kills one with it.
const deathsMax = Infinity
const engine = await startEngine({ url, runner, queues: ['shell'], kinds: ['shell'], log, deathsMax })
process.on('message', (run: string) => engine.wake(run))
// A worker whose test is gone has nobody to work for.
process.on('disconnect', () => process.exit(0))
tell({ ready: true })
