// run.list: runs, newest first, a page at a time.
import { z } from 'zod'
import { op } from '#dsl/op.ts'
import { RUN_STATES } from '#dsl/powers/runs.ts'
import { RUN } from './fields.ts'

export const runList = op({
  name: 'run.list',
  summary: 'List your runs',
  needs: ['runs'],
  runs: 'control',
  effect: 'read',
  doors: ['ws', 'rest', 'cli', 'mcp'],
  input: z.object({
    state: z.enum(RUN_STATES).optional(),
    workflow: z.string().max(255).optional().describe('Name of a workflow'),
    cursor: z.string().max(200).optional().describe('As the last page answered'),
    limit: z.int().min(1).max(100).default(30),
  }),
  output: z.object({
    runs: z.array(RUN),
    cursor: z.string().optional().describe('Of the next page; absent on the last'),
  }),
  run: ({ runs }, filter) => runs.list(filter),
})
