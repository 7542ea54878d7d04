// file.mkdir: make one directory.
import { z } from 'zod'
import { op } from '#dsl/op.ts'
import { path } from '#dsl/ops/fields.ts'
import { FILE_STAT } from './fields.ts'

export const fileMkdir = op({
  name: 'file.mkdir',
  summary: 'Make a directory',
  needs: ['files'],
  runs: 'workspace',
  effect: 'write',
  idempotent: true,
  input: z.object({
    path: path(),
    parents: z.boolean().default(false).describe('Make missing parents; an existing one is no fault'),
  }),
  output: FILE_STAT,
  run: ({ files }, { path, ...options }) => files.mkdir(path, options),
})
