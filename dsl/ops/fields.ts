// Input and output fields that many ops share, so that a word means the same everywhere.
import { z } from 'zod'

export const WORKSPACE = z
  .string()
  .min(1)
  .max(64)
  .describe("Workspace id or name; the caller's default workspace when left out")

const PATH = z
  .string()
  .min(1)
  .max(4096)
  .refine((path) => !path.includes('\0'), 'a path holds no NUL byte')

export const path = () => PATH.describe('Path in the workspace; a relative one starts at the repository')
export const cwd = () => PATH.optional().describe('Directory to run in; the repository when left out')
export const repo = () => PATH.optional().describe('The repository; /work/app when left out')
export const cols = () => z.int().min(2).max(1000).describe('Width in cells')
export const rows = () => z.int().min(1).max(500).describe('Height in cells')
export const time = () => z.iso.datetime()
export const env = () =>
  z
    .record(
      z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'a variable name is letters, digits and _'),
      z.string().max(32_768),
    )
    .optional()
    .describe('Environment variables to add')

export const DEVICE_INFO = z.object({
  id: z.string(),
  name: z.string(),
  kind: z.enum(['android', 'ios', 'web', 'cli']),
  state: z.enum(['pending', 'active', 'revoked']).describe('`pending`: it waits for your answer'),
  createdAt: time(),
  lastSeenAt: time().optional(),
  current: z.boolean().describe('Whether it is the device that asks'),
})

export const runId = () => z.string().min(1).max(64).describe('Id of a run')
/** Printable ASCII without spaces: it travels in headers. A workflow fills it with the key of the attempt. */
export const once = () =>
  z
    .string()
    .regex(/^[\x21-\x7e]{1,200}$/, 'is 1 to 200 characters of ASCII without spaces')
    .optional()
    .describe('Names this call for good: sent again, it has its effect once')
