// Fields that the workflow ops share.
import { z } from 'zod'
import { TEXT_MAX } from '#dsl/workflow/source.ts'

/** A byte over the limit of the language, so that it is the language that refuses and says why. */
export const text = () =>
  z
    .string()
    .max(TEXT_MAX + 1)
    .describe('The workflow, as YAML')
export const file = () =>
  z.string().min(1).max(1024).default('workflow.yaml').describe('How the text is called in problems')

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
