// file.write: replace the content of one file, at once.
import { z } from 'zod'
import { op } from '#dsl/op.ts'
import { path } from '#dsl/ops/fields.ts'
import { FILE_STAT, encoding, sha256 } from './fields.ts'

/** 4 MiB in base64. */
const TEXT_MAX = 5_592_408

export const fileWrite = op({
  name: 'file.write',
  summary: 'Write a file, replacing what it held',
  needs: ['files'],
  runs: 'workspace',
  effect: 'write',
  idempotent: true,
  input: z.object({
    path: path(),
    content: z.string().max(TEXT_MAX),
    encoding: encoding(),
    ifSha256: sha256().optional().describe('Refuse with `conflict` unless the file still has this SHA-256'),
    parents: z.boolean().default(false).describe('Make missing parent directories'),
  }),
  output: FILE_STAT.extend({ sha256: sha256() }),
  run: ({ files }, { path, content, ...options }) => files.write(path, content, options),
})
