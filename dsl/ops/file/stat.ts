// file.stat: what is at a path, without reading it.
import { z } from 'zod'
import { op } from '#dsl/op.ts'
import { path } from '#dsl/ops/fields.ts'
import { FILE_STAT } from './fields.ts'

export const fileStat = op({
  name: 'file.stat',
  summary: 'Show the type, size and time of a file',
  needs: ['files'],
  runs: 'workspace',
  effect: 'read',
  input: z.object({ path: path() }),
  output: FILE_STAT,
  run: ({ files }, { path }) => files.stat(path),
})
