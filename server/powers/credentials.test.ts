// Credentials of several people on a real database: who may set, see, use and remove which.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createSecrets } from '#server/redact/secrets.ts'
import { openTestStore } from '#server/store/test-store.ts'
import type { TestStore } from '#server/store/test-store.ts'
import { addWorkspace, removeWorkspace } from '#server/store/workspaces.ts'
import { authorizationOf, createCredentialUse, credentialAt } from '#server/vault/credentials.ts'
import { openVault } from '#server/vault/open.ts'
import type { Vault } from '#server/vault/vault.ts'
import { credentialsPower } from './credentials.ts'

const HOST = 'npm.acme.test:443'
const ADDRESS = 'https://npm.acme.test/team/'
const logged: unknown[] = []
const log = { error: (...what: unknown[]) => void logged.push(what) }
let test: TestStore
let vault: Vault

beforeAll(async () => {
  test = await openTestStore()
  vault = openVault({ store: test.store, dataDir: test.dataDir })
  const sql = test.store.db.$client
  for (const [id, role] of [
    ['owner', 'owner'],
    ['ada', 'member'],
    ['bob', 'member'],
  ] as const)
    await sql`insert into users (id, name, role, plan) values (${id}, ${id}, ${role}, 'libre')`
  for (const [id, ownerId] of [
    ['w-ada', 'ada'],
    ['w-ada-2', 'ada'],
    ['w-bob', 'bob'],
  ] as const)
    await addWorkspace(test.store, { id, ownerId, name: id.slice(2), state: 'stopped', driver: 'none' })
})
beforeEach(async () => {
  logged.length = 0
  await test.store.db.$client`delete from credentials`
})
afterAll(() => test.close())

const of = (user: string) =>
  credentialsPower({ store: test.store, vault }, { user, role: user === 'owner' ? 'owner' : 'member' })
const set = (user: string, secret: string, more: object = {}) =>
  of(user).set({ address: ADDRESS, secret, write: false, everyone: false, ...more })
const find = (workspace: string, host = HOST) =>
  createCredentialUse(test.store, vault, createSecrets(), log).find(workspace, host)
const secretsIn = async (workspace: string) => (await find(workspace)).map(({ secret }) => secret)

describe('a credential', () => {
  it('is for the workspaces of the person who set it, and shown to them without its secret', async () => {
    const made = await set('ada', 'token-of-ada')
    expect(made).toMatchObject({ address: ADDRESS, write: false, everyone: false })
    expect(await of('ada').list()).toEqual([made])
    expect(JSON.stringify(made)).not.toContain('token-of-ada')
    expect(await of('bob').list()).toEqual([])
    expect(await find('w-ada')).toMatchObject([{ secret: 'token-of-ada', username: null, path: '/team/' }])
    expect([await find('w-bob'), await find('w-nobody'), await find('w-ada', 'other.test:443')]).toEqual([
      [],
      [],
      [],
    ])
  })

  it('is in the database only sealed', async () => {
    await set('ada', 'token-of-ada', { username: 'ci' })
    const rows = await test.store.db
      .$client`select credentials.*, encode(sealed, 'escape') as text from credentials`
    expect(JSON.stringify(rows)).not.toMatch(/token-of-ada|dG9rZW4tb2YtYWRh/)
  })

  it('with a user name is HTTP Basic', async () => {
    await set('ada', 'a word of ada'.replaceAll(' ', '-'), { username: 'ci' })
    const [one] = await find('w-ada')
    expect(one && authorizationOf(one, false)).toBe(
      `Basic ${Buffer.from('ci:a-word-of-ada').toString('base64')}`,
    )
  })

  it('takes the place of the one for the same address, under its id', async () => {
    const first = await set('ada', 'the-first-token')
    const second = await set('ada', 'the-second-token', { write: true })
    expect(second).toMatchObject({ id: first.id, write: true })
    expect(second.fingerprint).not.toBe(first.fingerprint)
    expect(await secretsIn('w-ada')).toEqual(['the-second-token'])
  })

  it('may be for one workspace, and goes with it', async () => {
    await set('ada', 'for-one-only', { workspace: 'ada-2' })
    expect([await secretsIn('w-ada'), await secretsIn('w-ada-2')]).toEqual([[], ['for-one-only']])
    await expect(set('ada', 'for-another', { workspace: 'bob' })).rejects.toMatchObject({ code: 'not_found' })
    await removeWorkspace(test.store, 'w-ada-2')
    expect(await of('ada').list()).toEqual([])
  })

  it('for everybody is the owner’s to set and to remove', async () => {
    await expect(set('ada', 'mine-for-all', { everyone: true })).rejects.toMatchObject({ code: 'forbidden' })
    const shared = await set('owner', 'for-everybody', { everyone: true })
    expect([await secretsIn('w-ada'), await secretsIn('w-bob')]).toEqual([
      ['for-everybody'],
      ['for-everybody'],
    ])
    expect(await of('bob').list()).toEqual([shared])
    await expect(of('bob').remove(shared.id)).rejects.toMatchObject({ code: 'forbidden' })
    await of('owner').remove(shared.id)
    expect(await secretsIn('w-bob')).toEqual([])
  })

  it('of another person cannot be removed', async () => {
    const made = await set('ada', 'token-of-ada')
    await expect(of('bob').remove(made.id)).rejects.toMatchObject({ code: 'not_found' })
    expect(await secretsIn('w-ada')).toEqual(['token-of-ada'])
  })

  it.each([
    'https://127.0.0.1/',
    'https://user:word-of-theirs@a.test/',
    'https://a.test/?x',
    'http://a.test/',
  ])('is not kept for %s', async (address) => {
    const refused = of('ada').set({ address, secret: 'token-of-ada', write: false, everyone: false })
    await expect(refused).rejects.toMatchObject({ code: 'invalid' })
    await refused.catch((error: unknown) => expect(String(error)).not.toContain('word-of-theirs'))
  })

  it('is one of at most a hundred', async () => {
    const paths = Array.from({ length: 100 }, (_, n) => ({ address: `https://a.test/${n}/` }))
    await Promise.all(paths.map((more) => set('ada', 'token-of-ada', more)))
    await expect(set('ada', 'token-of-ada')).rejects.toMatchObject({ code: 'exhausted' })
    await set('ada', 'another-of-ada', paths[7])
  })
})

describe('of several', () => {
  it('the narrowest is used: the longest path, then the workspace’s, then one’s own', async () => {
    await set('owner', 'shared-at-root', { address: 'https://npm.acme.test/', everyone: true })
    await set('owner', 'shared-of-team', { everyone: true })
    await set('ada', 'own-of-team')
    await set('ada', 'of-this-workspace', { workspace: 'ada' })
    const all = await find('w-ada')
    expect(all.map(({ secret }) => secret)).toEqual([
      'of-this-workspace',
      'own-of-team',
      'shared-of-team',
      'shared-at-root',
    ])
    expect(credentialAt(all, '/team/x')?.secret).toBe('of-this-workspace')
    expect(credentialAt(all, '/teams/x')?.secret).toBe('shared-at-root')
  })
})

describe('a row that somebody changed in the database', () => {
  it.each([
    ['its host', `host = 'evil.test:443'`],
    ['its path', `path = '/'`],
    ['its owner', `owner_id = 'bob'`],
    ['whom it is for', `everyone = true`],
  ])('to lead elsewhere by %s does not open, and the log says so without it', async (_, change) => {
    await set('ada', 'token-of-ada')
    await test.store.db.$client.unsafe(`update credentials set ${change}`)
    const found = await Promise.all(['w-ada', 'w-bob'].flatMap((id) => [find(id), find(id, 'evil.test:443')]))
    expect(found.flat()).toEqual([])
    expect(logged.length).toBeGreaterThan(0)
    expect(JSON.stringify(logged)).not.toContain('token-of-ada')
  })
})
