// Fields of the terminal ops.
import { z } from 'zod'
import { cols, rows, time } from '#dsl/ops/fields.ts'

export const pty = () => z.string().min(1).max(64).describe('Terminal id')

export const PTY_INFO = z.object({
  id: z.string(),
  name: z.string(),
  title: z.string(),
  cwd: z.string(),
  cols: cols(),
  rows: rows(),
  startedAt: time(),
  attached: z.int(),
  exitCode: z.int().optional(),
})

export const ATTACHMENT = z.object({
  pty: pty(),
  stream: z.int().describe('Binary stream that carries the terminal from here on'),
  cursor: z.int().describe("Absolute byte offset of the stream's first byte"),
  screen: z
    .string()
    .optional()
    .describe('VT text that draws the terminal as it was at `cursor`; write it first'),
  cols: cols(),
  rows: rows(),
})
