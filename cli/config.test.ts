import { afterEach, describe, expect, it, vi } from 'vitest'
import { childEnvironment, readConfig } from './config.ts'

afterEach(() => vi.unstubAllEnvs())
const withEnv = (values: Record<string, string>) => {
  for (const [name, value] of Object.entries(values)) vi.stubEnv(name, value)
  return readConfig()
}

describe("the CLI's environment", () => {
  it('counts an empty variable as none', () => {
    expect(withEnv({ CHISPART_URL: '', CHISPART_TOKEN: '', JWT_SECRET: '', NO_COLOR: '' })).toMatchObject({
      url: undefined,
      token: undefined,
      jwtSecret: undefined,
      color: true,
    })
  })

  it('names the variable that does not fit, and never its value', () => {
    expect(() => withEnv({ JWT_SECRET: 'too-short' })).toThrow(/^The variable JWT_SECRET .*32 characters/)
    expect(() => withEnv({ JWT_SECRET: 'too-short' })).not.toThrow('too-short')
    vi.unstubAllEnvs()
    expect(() => withEnv({ CHISPART_URL: 'nowhere' })).toThrow('CHISPART_URL')
  })

  it('signs nothing with the secret that everybody knows', () => {
    expect(withEnv({ JWT_SECRET: 'devsecret' }).jwtSecret).toBeUndefined()
  })

  it('hands no secret on to a runtime', () => {
    withEnv({ AWS_SECRET_ACCESS_KEY: 'x', JWT_SECRET: 'y'.repeat(32), CHISPART_TOKEN: 'z' })
    expect(Object.keys(childEnvironment())).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/SECRET|TOKEN|AWS/)]),
    )
  })
})
