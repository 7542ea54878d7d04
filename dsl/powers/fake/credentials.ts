// Credentials that remember what they were told, for tests of ops and faces.
import { Fault } from '#dsl/fault.ts'
import type { CredentialInfo, Credentials, NewCredential } from '#dsl/powers/credentials.ts'

/** `told` gets every secret that was set, as its test may look. */
export function fakeCredentials(told: NewCredential[] = []): Credentials {
  const kept = new Map<string, CredentialInfo>()
  return {
    async set(one) {
      told.push(one)
      const { address, username, workspace, write, everyone } = one
      const id = `c${kept.size + 1}`
      const rest = { address, write, everyone }
      const more = { ...(username && { username }), ...(workspace && { workspace }) }
      kept.set(id, { id, ...rest, ...more, fingerprint: '0badcafe', createdAt: '2026-01-01T00:00:00.000Z' })
      return kept.get(id)!
    },
    list: async () => [...kept.values()],
    async remove(id) {
      if (!kept.delete(id)) throw new Fault('not_found', `You have no credential "${id}".`)
    },
  }
}
