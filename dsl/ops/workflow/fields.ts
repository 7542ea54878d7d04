// Fields that the workflow ops share.
import { z } from 'zod'

export const PROBLEM = z.object({
  severity: z.enum(['error', 'warning']),
  code: z.string().describe('Stable: what a program may look for'),
  message: z.string(),
  fix: z.string().optional().describe('What would make it right'),
  path: z.string().describe('Where in the document: steps[2].with.cmd'),
  line: z.int(),
  column: z.int(),
  endLine: z.int(),
  endColumn: z.int(),
  text: z.string().describe('All of it in one line: file:line:column: severity: message'),
})
