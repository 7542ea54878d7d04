// run.watch: what happens in a run, from a cursor on, without a gap or a repeat, until it has ended.
import { z } from 'zod'
import { op } from '#dsl/op.ts'
import { runId } from '#dsl/ops/fields.ts'
import { RUN_EVENT } from './fields.ts'

export const runWatch = op({
  name: 'run.watch',
  summary: 'Follow a run',
  needs: ['runs'],
  runs: 'control',
  effect: 'read',
  doors: ['ws', 'rest', 'cli', 'mcp'],
  timeoutMs: 0,
  input: z.object({
    run: runId(),
    cursor: z.int().min(0).default(0).describe('The last event that the caller has; 0 for all'),
  }),
  events: RUN_EVENT,
  output: z.object({ cursor: z.int().describe('The last event of the run') }),
  run: ({ runs, signal }, { run, cursor }, emit) => runs.watch(run, cursor, emit, signal),
})
