// run.approvals: what waits for the caller to say yes or no, over all runs.
import { z } from 'zod'
import { op } from '#dsl/op.ts'
import { instance } from './fields.ts'

export const runApprovals = op({
  name: 'run.approvals',
  summary: 'List the steps that wait for your approval',
  needs: ['runs'],
  runs: 'control',
  effect: 'read',
  doors: ['ws', 'rest', 'cli', 'mcp'],
  input: z.object({}),
  output: z.object({
    approvals: z
      .array(
        z.object({
          run: z.string(),
          number: z.int().describe("Counts the caller's runs of this workflow"),
          workflow: z.string(),
          step: instance(),
          name: z.string(),
          question: z.string().optional(),
        }),
      )
      .describe('The oldest run comes first; at most 100'),
  }),
  run: async ({ runs }) => ({ approvals: await runs.approvals() }),
})
