import { expect, it } from 'vitest'
import { call } from '#dsl/powers/fake/call.ts'
import { fakeCredentials } from '#dsl/powers/fake/credentials.ts'

it('credential.remove forgets one, once', async () => {
  const credentials = fakeCredentials()
  await call('credential.set', { credentials }, { address: 'https://a.test/', secret: 'not-to-be-seen' })
  const remove = () => call('credential.remove', { credentials }, { credential: 'c1' })
  expect(await remove()).toEqual({})
  await expect(remove()).rejects.toMatchObject({ code: 'not_found' })
})
