// file.list: what one directory holds.
import { z } from 'zod'
import { op } from '#dsl/op.ts'
import { path } from '#dsl/ops/fields.ts'
import { FILE_STAT } from './fields.ts'

export const fileList = op({
  name: 'file.list',
  summary: 'List a directory',
  needs: ['files'],
  runs: 'workspace',
  effect: 'read',
  input: z.object({ path: path().default('.') }),
  output: z.object({ files: z.array(FILE_STAT) }),
  run: async ({ files }, { path }) => ({ files: await files.list(path) }),
})
