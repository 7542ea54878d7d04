// pty.resize: tell a terminal how many cells its viewer has.
import { z } from 'zod'
import { op } from '#dsl/op.ts'
import { cols, rows } from '#dsl/ops/fields.ts'
import { pty } from './fields.ts'

export const ptyResize = op({
  name: 'pty.resize',
  summary: 'Resize a terminal',
  needs: ['pty'],
  runs: 'workspace',
  effect: 'write',
  wakes: false,
  input: z.object({ pty: pty(), cols: cols(), rows: rows() }),
  output: z.object({}),
  async run(powers, { pty, ...size }) {
    await powers.pty.resize(pty, size)
    return {}
  },
})
