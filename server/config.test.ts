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

  it('leaves alone what the CLI reads', () => {
    expect(loadConfig({ CHISPART_TOKEN: 'x', CHISPART_URL: 'y' }).port).toBe(3000)
  })

  it('says which file is no list of plans', () => {
    expect(refusal(() => loadAllowlist('package.json')).message).toContain('package.json')
    expect(loadAllowlist('config/allowlist.json')['libre']).toEqual(['*'])
  })
})
