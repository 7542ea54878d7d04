// Fields of the credential ops. Nothing that is answered holds a secret.
import { z } from 'zod'
import { time } from '#dsl/ops/fields.ts'

export const CREDENTIAL_INFO = z.object({
  id: z.string(),
  address: z.string().describe('It goes to addresses that begin so, and to no other'),
  username: z.string().optional().describe('With one it is sent as HTTP Basic, without as Bearer'),
  write: z.boolean().describe('Whether it also goes with requests that change something there'),
  workspace: z
    .string()
    .optional()
    .describe('Id of the one workspace that it is for; all of yours when absent'),
  everyone: z.boolean().describe("Whether it is for everybody's workspaces"),
  fingerprint: z.string().describe('Tells secrets apart without showing one'),
  createdAt: time(),
})
