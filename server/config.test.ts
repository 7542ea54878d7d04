import { describe, expect, it } from 'vitest'
import { Fault } from '#dsl/fault.ts'
import { loadAllowlist, loadConfig } from './config.ts'

const refusal = (act: () => unknown): Fault => {
  try {
    act()
  } catch (error) {
    if (error instanceof Fault) return error
    throw error
  }
  throw new Error('it was accepted')
}

describe('the configuration', () => {
  it('has a default for everything', () => {
    expect(loadConfig({})).toMatchObject({ port: 3000, host: '127.0.0.1', dataDir: './.chispart' })
  })

  it('names every problem at once and repeats no value', () => {
    const env = {
      PORT: 'x',
      JWT_SECRET: 'short-one',
      POSTGRES_URL: 'mysql://me:pw@h',
      CHISPART_LOG_LEVEL: 'loud',
    }
    const { message } = refusal(() => loadConfig(env))
    for (const name of Object.keys(env)) expect(message).toContain(name)
    for (const value of ['short-one', 'pw@h']) expect(message).not.toContain(value)
  })

  it('answers an unknown name with the nearest known one', () => {
    const { message } = refusal(() => loadConfig({ CHISPART_ALOWLIST: 'x', PORT: '70000' }))
    expect(message).toContain('CHISPART_ALOWLIST is not known. Did you mean CHISPART_ALLOWLIST?')
    expect(message).toContain('PORT')
  })

  const S3 = {
    S3_ENDPOINT: 'https://s3.example:9000',
    S3_ACCESS_KEY: 'ours',
    S3_SECRET_KEY: 'of-our-bucket',
    S3_BUCKET: 'runs',
  }

  it('keeps artifacts on S3 when all of it is said, and on disk when nothing is', () => {
    expect(loadConfig({}).s3).toBeUndefined()
    expect(loadConfig({ S3_REGION: 'eu-west-1' }).s3).toBeUndefined()
    expect(loadConfig(S3).s3).toEqual({
      endpoint: 'https://s3.example:9000',
      accessKey: 'ours',
      secretKey: 'of-our-bucket',
      bucket: 'runs',
      region: 'us-east-1',
    })
  })

  it.each(Object.keys(S3))('names %s when only that of S3 is missing', (name) => {
    const env = Object.fromEntries(Object.entries(S3).filter(([key]) => key !== name))
    const { message } = refusal(() => loadConfig(env))
    expect(message).toContain(`${name} is missing`)
    expect(message).not.toContain('of-our-bucket')
  })

  it('wants an address for the S3 server', () => {
    const { message } = refusal(() => loadConfig({ ...S3, S3_ENDPOINT: 's3.example' }))
    expect(message).toContain('S3_ENDPOINT starts with https://')
  })

  it('asks the provider with a base URL first, and Blackbox where it is', () => {
    const env = { LLM_BASE_URL: 'http://localhost:11434/v1', LLM_MODEL: 'llama', BLACKBOX_API_KEY: 'b-key' }
    expect(loadConfig({}).llm).toEqual({ providers: [], model: undefined })
    expect(loadConfig(env).llm).toEqual({
      providers: [
        { name: 'custom', baseUrl: 'http://localhost:11434/v1', key: undefined },
        { name: 'blackbox', baseUrl: 'https://api.blackbox.ai', key: 'b-key' },
      ],
      model: 'llama',
    })
  })

  it('keeps the workspace of a failed run for a day unless another time is said', () => {
    expect(loadConfig({}).runKeepHours).toBe(24)
    expect(loadConfig({ CHISPART_RUN_KEEP_HOURS: '0' }).runKeepHours).toBe(0)
    const { message } = refusal(() => loadConfig({ CHISPART_RUN_KEEP_HOURS: '-1' }))
    expect(message).toContain('CHISPART_RUN_KEEP_HOURS is a number of hours from 0 to 9999')
  })

  it('asks GitHub itself unless another address is said', () => {
    expect(loadConfig({}).github).toEqual({ apiUrl: 'https://api.github.com', token: undefined })
    const env = { GITHUB_TOKEN: 'ghp_x', GITHUB_API_URL: 'https://ghe.example/api/v3' }
    expect(loadConfig(env).github).toEqual({ apiUrl: 'https://ghe.example/api/v3', token: 'ghp_x' })
  })

  it('wants to know whose key it is, and a key without line breaks', () => {
    const { message } = refusal(() => loadConfig({ LLM_API_KEY: 'sk-12\n', BLACKBOX_API_KEY: 'b key' }))
    for (const name of ['LLM_BASE_URL is missing', 'LLM_API_KEY', 'BLACKBOX_API_KEY'])
      expect(message).toContain(name)
    expect(message).not.toMatch(/sk-12|b key/)
  })

  it('leaves alone what the CLI reads', () => {
    expect(loadConfig({ CHISPART_TOKEN: 'x', CHISPART_URL: 'y' }).port).toBe(3000)
  })

  it('says which file is no list of plans', () => {
    expect(refusal(() => loadAllowlist('package.json')).message).toContain('package.json')
    expect(loadAllowlist('config/allowlist.json')['libre']).toEqual(['*'])
  })
})
