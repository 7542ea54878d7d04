// file.remove: delete a file, or a directory with all it holds when that is asked for.
import { z } from 'zod'
import { op } from '#dsl/op.ts'
import { path } from '#dsl/ops/fields.ts'

export const fileRemove = op({
  name: 'file.remove',
  summary: 'Delete a file or directory',
  needs: ['files'],
  runs: 'workspace',
  effect: 'destroy',
  input: z.object({
    path: path(),
    recursive: z.boolean().default(false).describe('Delete a directory that is not empty'),
  }),
  output: z.object({}),
  async run({ files }, { path, ...options }) {
    await files.remove(path, options)
    return {}
  },
})
