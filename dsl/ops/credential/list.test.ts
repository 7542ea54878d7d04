import { expect, it } from 'vitest'
import { call } from '#dsl/powers/fake/call.ts'
import { fakeCredentials } from '#dsl/powers/fake/credentials.ts'

it('credential.list answers with what is kept, without a secret', async () => {
  const credentials = fakeCredentials()
  const input = { address: 'https://a.test/', secret: 'not-to-be-seen', username: 'ci' }
  await call('credential.set', { credentials }, input)
  const answer = await call('credential.list', { credentials })
  expect(answer).toMatchObject({ credentials: [{ id: 'c1', address: 'https://a.test/', username: 'ci' }] })
  expect(JSON.stringify(answer)).not.toContain('not-to-be-seen')
})
