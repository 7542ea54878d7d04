// credential.set: hands the server what it is to say to a registry or git host, so that no sandbox has to hold it.
import { z } from 'zod'
import { op } from '#dsl/op.ts'
import { WORKSPACE } from '#dsl/ops/fields.ts'
import { CREDENTIAL_INFO } from './fields.ts'

/** It travels in a header. Shorter ones could not be told from ordinary text in an answer. */
const SECRET = /^[\x21-\x7e]{8,4096}$/

export const credentialSet = op({
  name: 'credential.set',
  summary: 'Keep a credential for a registry or git host, outside of every sandbox',
  needs: ['credentials'],
  runs: 'control',
  effect: 'write',
  idempotent: true,
  doors: ['ws', 'rest', 'cli'],
  input: z.object({
    address: z
      .url({ protocol: /^https$/, error: 'starts with https://' })
      .max(500)
      .describe('Where it is valid: https://host/path/. It goes to addresses that begin so'),
    secret: z
      .string()
      .regex(SECRET, 'has 8 to 4096 letters, digits and signs, and no blank')
      .describe('Token or password'),
    username: z
      .string()
      .regex(/^[^:\p{Cc}]{1,200}$/u, 'has no colon')
      .optional()
      .describe('Sent with it as HTTP Basic; without one it is sent as Bearer'),
    write: z
      .boolean()
      .default(false)
      .describe('Also for requests that change something there: publish, push'),
    workspace: WORKSPACE.optional().describe('Only for this workspace of yours'),
    everyone: z.boolean().default(false).describe("For everybody's workspaces; the owner's to say"),
  }),
  output: z.object({ credential: CREDENTIAL_INFO }),
  run: async ({ credentials }, input) => ({ credential: await credentials.set(input) }),
})
