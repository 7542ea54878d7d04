import { describe, expect, it } from 'vitest'
import { call } from '#dsl/powers/fake/call.ts'
import { fakeCredentials } from '#dsl/powers/fake/credentials.ts'
import type { NewCredential } from '#dsl/powers/credentials.ts'

const ADDRESS = 'https://npm.acme.test/team/'
const SECRET = 'a-token-that-nobody-may-see'

describe('credential.set', () => {
  it('hands the secret over and never gives it back', async () => {
    const told: NewCredential[] = []
    const credentials = fakeCredentials(told)
    const answer = await call('credential.set', { credentials }, { address: ADDRESS, secret: SECRET })
    expect(told).toEqual([{ address: ADDRESS, secret: SECRET, write: false, everyone: false }])
    expect(answer).toMatchObject({ credential: { address: ADDRESS, write: false, everyone: false } })
    expect(JSON.stringify(answer)).not.toContain(SECRET)
  })

  it.each([
    ['an address without TLS', { address: 'http://npm.acme.test/' }],
    ['a secret that is no header', { secret: 'two\r\nlines-of-it' }],
    ['a short secret', { secret: 'short' }],
    ['a user name with a colon', { username: 'a:b' }],
    ['a user name with a line break', { username: 'a\nb' }],
  ])('refuses %s, and does not repeat it', async (_, wrong) => {
    const input = { address: ADDRESS, secret: SECRET, ...wrong }
    const refused = call('credential.set', { credentials: fakeCredentials() }, input)
    await expect(refused).rejects.toMatchObject({ code: 'invalid' })
    await refused.catch((error: unknown) => {
      expect(JSON.stringify(error) + String(error)).not.toMatch(/lines-of-it|a-token/)
    })
  })
})
