// file.move: rename a file or directory, within the workspace.
import { z } from 'zod'
import { op } from '#dsl/op.ts'
import { path } from '#dsl/ops/fields.ts'
import { FILE_STAT } from './fields.ts'

export const fileMove = op({
  name: 'file.move',
  summary: 'Move or rename a file or directory',
  needs: ['files'],
  runs: 'workspace',
  effect: 'write',
  input: z.object({
    from: path(),
    to: path(),
    overwrite: z.boolean().default(false).describe('Replace what is at `to`'),
  }),
  output: FILE_STAT,
  run: ({ files }, { from, to, ...options }) => files.move(from, to, options),
})
