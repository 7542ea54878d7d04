// credential.remove: the server forgets a secret; requests that are under way end as they began.
import { z } from 'zod'
import { op } from '#dsl/op.ts'

export const credentialRemove = op({
  name: 'credential.remove',
  summary: 'Forget a credential',
  needs: ['credentials'],
  runs: 'control',
  effect: 'destroy',
  doors: ['ws', 'rest', 'cli'],
  input: z.object({ credential: z.string().min(1).max(64).describe('Its id, from credential.list') }),
  output: z.object({}),
  async run({ credentials }, { credential }) {
    await credentials.remove(credential)
    return {}
  },
})
