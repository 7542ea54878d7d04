// pty.list: the terminals of a workspace, whoever opened them.
import { z } from 'zod'
import { op } from '#dsl/op.ts'
import { PTY_INFO } from './fields.ts'

export const ptyList = op({
  name: 'pty.list',
  summary: 'List the terminals of a workspace',
  needs: ['pty'],
  runs: 'workspace',
  effect: 'read',
  wakes: false,
  input: z.object({}),
  output: z.object({ ptys: z.array(PTY_INFO) }),
  run: async ({ pty }) => ({ ptys: await pty.list() }),
})
