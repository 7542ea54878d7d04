import { SignJWT, UnsecuredJWT } from 'jose'
import type { JWTHeaderParameters, JWTPayload } from 'jose'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openTestStore } from '#server/store/test-store.ts'
import type { TestStore } from '#server/store/test-store.ts'
import { ensureOwner } from '#server/store/users.ts'
import { createTokens } from './tokens.ts'
import type { Tokens } from './tokens.ts'

const KEY = new TextEncoder().encode('k'.repeat(48))
let test: TestStore
let tokens: Tokens

beforeAll(async () => {
  test = await openTestStore()
  await ensureOwner(test.store)
  tokens = createTokens(test.store, KEY)
})
afterAll(() => test.close())

const now = () => Math.floor(Date.now() / 1000)
const claims = (): JWTPayload => ({
  iss: 'chispart',
  aud: 'chispart',
  sub: 'owner',
  jti: 'j1',
  exp: now() + 60,
})
const without = (name: string) => Object.fromEntries(Object.entries(claims()).filter(([key]) => key !== name))
const HEADER: JWTHeaderParameters = { alg: 'HS256', typ: 'chispart+jwt' }
const sign = (payload: JWTPayload, header = HEADER, key = KEY) =>
  new SignJWT(payload).setProtectedHeader(header).sign(key)

it('signs a token that proves its user until it ends', async () => {
  const { token, expiresAt } = await tokens.issue('owner', 60)
  const principal = await tokens.check(token)
  expect(principal).toMatchObject({ user: 'owner', role: 'owner', plan: 'libre', via: 'token', expiresAt })
})

it('takes a token that another program signed with the same key and the same claims', async () => {
  expect(await tokens.check(await sign(claims()))).toMatchObject({ user: 'owner', credential: 'j1' })
})

it('says that a token is over', async () => {
  const over = await sign({ ...claims(), exp: now() - 1 })
  await expect(tokens.check(over)).rejects.toMatchObject({
    code: 'unauthenticated',
    data: { reason: 'expired' },
  })
})

it.each([
  ['another audience', () => sign({ ...claims(), aud: 'elsewhere' })],
  ['another issuer', () => sign({ ...claims(), iss: 'elsewhere' })],
  ['no audience', () => sign(without('aud'))],
  ['no end', () => sign(without('exp'))],
  ['no id', () => sign(without('jti'))],
  ['no user', () => sign(without('sub'))],
  ['an unknown user', () => sign({ ...claims(), sub: 'nobody' })],
  ['another type', () => sign(claims(), { alg: 'HS256', typ: 'JWT' })],
  ['another key', () => sign(claims(), HEADER, new TextEncoder().encode('x'.repeat(48)))],
  ['another algorithm', () => sign(claims(), { ...HEADER, alg: 'HS384' })],
  ['no signature', () => Promise.resolve(new UnsecuredJWT(claims()).encode())],
])('refuses a token with %s', async (_, forge) => {
  const refusal = { code: 'unauthenticated', data: { reason: 'wrong' } }
  await expect(tokens.check(await forge())).rejects.toMatchObject(refusal)
})

it('refuses a token once it is revoked, and no other', async () => {
  const [ended, other] = [await tokens.issue('owner'), await tokens.issue('owner')]
  await tokens.revoke(await tokens.check(ended.token))
  await expect(tokens.check(ended.token)).rejects.toMatchObject({ data: { reason: 'wrong' } })
  expect(await tokens.check(other.token)).toBeDefined()
})
