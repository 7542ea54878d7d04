import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openStage } from '#cli/test-stage.ts'
import type { Stage } from '#cli/test-stage.ts'

const SECRET = 'a-signing-secret-of-this-test-0123456789'
let stage: Stage
beforeAll(async () => {
  stage = await openStage()
})
afterAll(() => stage.close())

describe('token', () => {
  it('signs one here with JWT_SECRET, which a runtime with that secret takes', async () => {
    const env = { JWT_SECRET: SECRET }
    const { url } = await stage.laptop([], { env })
    const made = await stage.run(['token', '--ttl', '2m'], { env })
    const token = made.out.toString().trim()
    const { iat, exp, iss, aud } = decodeJwt(token)
    expect([exp! - iat!, iss, aud]).toEqual([120, 'chispart', 'chispart'])
    const exec = (proof: string) => stage.run(['exec', '--url', url, '--token', proof, '--', 'ls'])
    expect(await exec(token)).toMatchObject({ code: 0 })
    expect(await exec(`${token}x`)).toMatchObject({ code: 77 })
  })

  it('says what it needs when it has nothing to sign with, and refuses a time that is none', async () => {
    const bare = await stage.run(['token'])
    expect(bare).toMatchObject({ code: 64, err: expect.stringContaining('CHISPART_OWNER_TOKEN') })
    const local = await stage.run(['token', '--local'], { env: { CHISPART_OWNER_TOKEN: 'x'.repeat(32) } })
    expect(local).toMatchObject({ code: 64, err: expect.stringContaining('JWT_SECRET') })
    for (const ttl of ['soon', '0', '31d']) {
      const refused = await stage.run(['token', '--ttl', ttl], { env: { JWT_SECRET: SECRET } })
      expect(refused, ttl).toMatchObject({ code: 64, err: expect.stringContaining('at most 30d') })
    }
  })
})
