import { chmod, mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { loadTokenKey } from './token-key.ts'

let dataDir: string
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'chispart-key-'))
})
afterEach(() => rm(dataDir, { recursive: true }))

const modeOfKey = async () => (await stat(join(dataDir, 'token.key'))).mode & 0o777

it('makes one key, for the owner of the directory alone, however many starts ask at once', async () => {
  const keys = await Promise.all([1, 2, 3].map(() => loadTokenKey({ dataDir })))
  expect(keys[0]?.length).toBeGreaterThanOrEqual(64)
  expect(keys[1]).toEqual(keys[0])
  expect(keys[2]).toEqual(keys[0])
  expect(await readdir(dataDir)).toEqual(['token.key'])
  expect(await modeOfKey()).toBe(0o600)
})

it('closes a key file that was left open to others', async () => {
  await loadTokenKey({ dataDir })
  await chmod(join(dataDir, 'token.key'), 0o644)
  await loadTokenKey({ dataDir })
  expect(await modeOfKey()).toBe(0o600)
})

it('takes the secret of the operator, and refuses a short one', async () => {
  const secret = 's'.repeat(32)
  expect(await loadTokenKey({ dataDir, secret })).toEqual(new TextEncoder().encode(secret))
  await expect(loadTokenKey({ dataDir, secret: 's'.repeat(31) })).rejects.toThrow('JWT_SECRET has fewer')
})

it('refuses the sample secret in production, and never signs by it anywhere', async () => {
  const secret = 'devsecret'
  await expect(loadTokenKey({ dataDir, secret, production: true })).rejects.toThrow('everybody knows')
  expect(await loadTokenKey({ dataDir, secret })).toEqual(await loadTokenKey({ dataDir }))
})
