// pty.open: start a terminal that lasts until its program ends, whoever is looking.
import { z } from 'zod'
import { op } from '#dsl/op.ts'
import { cols, cwd, env, rows } from '#dsl/ops/fields.ts'
import { ATTACHMENT } from './fields.ts'

export const ptyOpen = op({
  name: 'pty.open',
  summary: 'Open a terminal and attach to it',
  needs: ['pty'],
  runs: 'workspace',
  effect: 'write',
  doors: ['ws'],
  streams: 1,
  input: z.object({
    name: z.string().min(1).max(100).optional(),
    cwd: cwd(),
    env: env(),
    cols: cols().default(80),
    rows: rows().default(24),
    cmd: z.string().min(1).max(65_536).optional().describe('Run this instead of the login shell'),
  }),
  output: ATTACHMENT,
  run: ({ pty }, options) => pty.open(options),
})
