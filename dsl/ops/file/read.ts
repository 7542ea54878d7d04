// file.read: the content of one file, or a part of it.
import { z } from 'zod'
import { op } from '#dsl/op.ts'
import { path } from '#dsl/ops/fields.ts'
import { CONTENT_MAX, encoding, sha256 } from './fields.ts'

export const fileRead = op({
  name: 'file.read',
  summary: 'Read a file, or a part of it',
  needs: ['files'],
  runs: 'workspace',
  effect: 'read',
  input: z.object({
    path: path(),
    offset: z.int().min(0).optional().describe('First byte; 0 when left out'),
    length: z.int().min(1).max(CONTENT_MAX).optional().describe('Bytes; at most 4 MiB'),
    encoding: encoding(),
  }),
  output: z.object({
    path: z.string(),
    content: z.string(),
    encoding: z.enum(['utf8', 'base64']),
    size: z.int().describe('Bytes of the whole file'),
    sha256: sha256().describe('Of the whole file; `file.write` takes it as `ifSha256`'),
  }),
  run: ({ files }, { path, ...options }) => files.read(path, options),
})
