// Fields of the file ops.
import { z } from 'zod'
import { time } from '#dsl/ops/fields.ts'

/** Most bytes one call reads or writes; a bigger file is read in parts. */
export const CONTENT_MAX = 4_194_304

export const encoding = () =>
  z.enum(['utf8', 'base64']).default('utf8').describe('How `content` carries the bytes')
export const sha256 = () => z.string().regex(/^[0-9a-f]{64}$/, 'a SHA-256 is 64 lower-case hex digits')

export const FILE_STAT = z.object({
  name: z.string(),
  path: z.string().describe('Absolute path in the workspace'),
  type: z.enum(['file', 'directory', 'symlink', 'other']),
  size: z.int().describe('Bytes'),
  modifiedAt: time(),
  mode: z.string().describe("Permission bits, as in chmod(1): '644'"),
})
