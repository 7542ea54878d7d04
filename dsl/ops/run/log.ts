// run.log: what a step printed, a page at a time, also while it runs.
import { z } from 'zod'
import { op } from '#dsl/op.ts'
import { runId } from '#dsl/ops/fields.ts'
import { instance } from './fields.ts'

export const runLog = op({
  name: 'run.log',
  summary: 'Show what a step printed',
  needs: ['artifacts'],
  runs: 'control',
  effect: 'read',
  doors: ['ws', 'rest', 'cli', 'mcp'],
  input: z.object({
    run: runId(),
    step: instance(),
    attempt: z.int().min(1).optional().describe('The latest when left out'),
    offset: z.int().min(0).default(0).describe('First byte'),
    wait: z
      .int()
      .min(0)
      .max(20_000)
      .default(0)
      .describe('Milliseconds to wait for more when there is nothing yet: the answer comes with it'),
  }),
  output: z.object({
    text: z.string().describe('At most 1 MiB, with ANSI as the program wrote it'),
    end: z.int().describe('Byte behind the text: the offset of the next page'),
    open: z.boolean().describe('Whether more will come: the step still runs'),
  }),
  run: ({ artifacts, signal }, { run, step, ...at }) => artifacts.log(run, step, at, signal),
})
