// The credentials of the signed-in person, and those for everybody. It never sees a secret after it was handed over.
import type { OpOutput } from '#dsl/catalog.ts'
import type { Link } from '#web/link/link.ts'
import { createList } from './list.ts'

export type Credential = OpOutput<'credential.list'>['credentials'][number]

/** Milliseconds between looks: they change by a person's hand only. */
const LOOK_MS = 30_000

export function createCredentials(link: Link) {
  return createList<Credential>({
    link,
    everyMs: LOOK_MS,
    ask: async () => (await link.call('credential.list', {})).credentials,
  })
}
