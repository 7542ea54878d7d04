// pty.attach: look at a terminal that is already there, from where the client last was.
import { z } from 'zod'
import { op } from '#dsl/op.ts'
import { cols, rows } from '#dsl/ops/fields.ts'
import { ATTACHMENT, pty } from './fields.ts'

export const ptyAttach = op({
  name: 'pty.attach',
  summary: 'Attach to a terminal, from a cursor or from its screen',
  needs: ['pty'],
  runs: 'workspace',
  effect: 'write',
  wakes: false,
  doors: ['ws'],
  streams: 1,
  input: z.object({
    pty: pty(),
    cursor: z.int().min(0).optional().describe('Last byte offset the client has; left out for the screen'),
    cols: cols().optional(),
    rows: rows().optional(),
  }),
  output: ATTACHMENT,
  run: (powers, { pty, ...options }) => powers.pty.attach(pty, options),
})
