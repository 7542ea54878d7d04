import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startPostgres } from '#server/store/embedded.ts'
import type { EmbeddedPostgres } from '#server/store/embedded.ts'
import { replaceOwnerLink } from '#server/store/owner-links.ts'
import { openStore } from '#server/store/store.ts'
import type { Store } from '#server/store/store.ts'
import { newOwnerLink, redeemOwnerLink } from './owner-link.ts'
import { hashSecret } from './secret.ts'
import { checkSession } from './sessions.ts'

let dataDir: string
let postgres: EmbeddedPostgres
let store: Store

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'chispart-link-'))
  postgres = await startPostgres({ dataDir, log: () => undefined })
  store = await openStore(postgres)
})

afterAll(async () => {
  await store.close()
  await postgres.stop()
  await rm(dataDir, { recursive: true })
})

it('signs the owner in for one of two that redeem the code at once', async () => {
  const code = await newOwnerLink(store)
  const tries = await Promise.allSettled([redeemOwnerLink(store, code), redeemOwnerLink(store, code)])
  const won = tries.filter((entry) => entry.status === 'fulfilled')
  expect(won).toHaveLength(1)
  expect(await checkSession(store, won[0]?.value.token ?? '')).toMatchObject({ role: 'owner', plan: 'libre' })
})

it('refuses the link of an earlier start, and one that is over', async () => {
  const old = await newOwnerLink(store)
  await newOwnerLink(store)
  await expect(redeemOwnerLink(store, old)).rejects.toMatchObject({ code: 'unauthenticated' })
  await replaceOwnerLink(store, hashSecret('late'), new Date(0))
  await expect(redeemOwnerLink(store, 'late')).rejects.toMatchObject({ code: 'unauthenticated' })
})
