// pty.close: end a terminal and the program in it. To look away only, a client closes its stream.
import { z } from 'zod'
import { op } from '#dsl/op.ts'
import { pty } from './fields.ts'

export const ptyClose = op({
  name: 'pty.close',
  summary: 'End a terminal and its program',
  needs: ['pty'],
  runs: 'workspace',
  effect: 'destroy',
  wakes: false,
  input: z.object({ pty: pty() }),
  output: z.object({}),
  async run(powers, { pty }) {
    await powers.pty.close(pty)
    return {}
  },
})
