// credential.list: what the server says in the caller's name, and where; never the secrets.
import { z } from 'zod'
import { op } from '#dsl/op.ts'
import { CREDENTIAL_INFO } from './fields.ts'

export const credentialList = op({
  name: 'credential.list',
  summary: 'List your credentials, and those for everybody, without their secrets',
  needs: ['credentials'],
  runs: 'control',
  effect: 'read',
  doors: ['ws', 'rest', 'cli'],
  input: z.object({}),
  output: z.object({ credentials: z.array(CREDENTIAL_INFO) }),
  run: async ({ credentials }) => ({ credentials: await credentials.list() }),
})
