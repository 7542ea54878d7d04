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

export const workflowName = () => z.string().min(1).max(128).describe('Name of a workflow')

export const WORKFLOW_INFO = z.object({
  name: z.string(),
  description: z.string().optional(),
  triggers: z.array(z.string()).readonly().describe('What starts it: manual, cron:0 3 * * *, github:push'),
  example: z.boolean().describe('Whether it comes with Chispart: it cannot be changed, only replaced'),
  updatedAt: z.string().optional().describe('ISO 8601'),
})

export const INPUT = z.object({
  type: z.enum(['string', 'number', 'boolean', 'choice']),
  description: z.string().optional(),
  required: z.boolean(),
  default: z.union([z.string(), z.number(), z.boolean()]).optional(),
  options: z.array(z.string()).readonly().optional(),
})
