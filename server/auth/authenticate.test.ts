import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startPostgres } from '#server/store/embedded.ts'
import type { EmbeddedPostgres } from '#server/store/embedded.ts'
import { extendSession } from '#server/store/sessions.ts'
import { openStore } from '#server/store/store.ts'
import type { Store } from '#server/store/store.ts'
import { ensureOwner } from '#server/store/users.ts'
import { createAuthenticate } from './authenticate.ts'
import type { Authenticate } from './authenticate.ts'
import { checkSession, startSession } from './sessions.ts'

const OWNER_TOKEN = 'o'.repeat(32)
let dataDir: string
let postgres: EmbeddedPostgres
let store: Store
let authenticate: Authenticate

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'chispart-auth-'))
  postgres = await startPostgres({ dataDir, log: () => undefined })
  store = await openStore(postgres)
  await ensureOwner(store)
  authenticate = createAuthenticate(store, OWNER_TOKEN)
})

afterAll(async () => {
  await store.close()
  await postgres.stop()
  await rm(dataDir, { recursive: true })
})

it('knows nobody without a proof', async () => {
  expect(await authenticate({})).toBeUndefined()
})

it('takes a session by its cookie, by the __Host- name only on https', async () => {
  const { token } = await startSession(store, 'owner')
  expect(await authenticate({ cookie: `a=b; chispart=${token}` })).toMatchObject({ via: 'session' })
  expect(await authenticate({ cookie: `chispart=${token}`, protocol: 'https' })).toBeUndefined()
  expect(await authenticate({ cookie: `__Host-chispart=${token}`, protocol: 'https' })).toBeDefined()
})

it('says that a session is over, and forgets it', async () => {
  const { token } = await startSession(store, 'owner')
  const { credential } = await checkSession(store, token)
  await extendSession(store, credential, new Date(0))
  const cookie = `chispart=${token}`
  await expect(authenticate({ cookie })).rejects.toMatchObject({ data: { reason: 'expired' } })
  await expect(authenticate({ cookie })).rejects.toMatchObject({ data: { reason: 'wrong' } })
})

it('takes the owner token and refuses any other bearer', async () => {
  expect(await authenticate({ authorization: `Bearer ${OWNER_TOKEN}` })).toMatchObject({ role: 'owner' })
  const wrong = authenticate({ authorization: `Bearer ${OWNER_TOKEN}x` })
  await expect(wrong).rejects.toMatchObject({ code: 'unauthenticated', data: { reason: 'wrong' } })
})

it('refuses an owner token that is too short to be safe', () => {
  expect(() => createAuthenticate(store, 'short')).toThrow('32 characters')
})
