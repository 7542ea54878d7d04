// pty.rename: give a terminal the name that its tab shows.
import { z } from 'zod'
import { op } from '#dsl/op.ts'
import { pty } from './fields.ts'

export const ptyRename = op({
  name: 'pty.rename',
  summary: 'Rename a terminal',
  needs: ['pty'],
  runs: 'workspace',
  effect: 'write',
  wakes: false,
  input: z.object({ pty: pty(), name: z.string().min(1).max(100) }),
  output: z.object({}),
  async run(powers, { pty, name }) {
    await powers.pty.rename(pty, name)
    return {}
  },
})
