// .env.example is compared with the schemas that read the environment: a variable in one and not the other fails here.
import { readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { VARIABLES as CLI, readConfig, unknownVariables } from '#cli/config.ts'
import { LAPTOP_VARIABLES } from '#runtime/config.ts'
import { VARIABLES as SERVER, loadConfig } from '#server/config.ts'

const text = readFileSync(new URL('../../.env.example', import.meta.url), 'utf8')
const defaults = parseEnv(text)
const examples = parseEnv(text.replace(/^# (?=[A-Z0-9_]+=)/gm, ''))

afterEach(() => vi.unstubAllEnvs())

describe('.env.example', () => {
  it('names every variable that server, CLI and laptop runtime read, and no other one', () => {
    expect(Object.keys(examples).sort()).toEqual(
      [...new Set([...SERVER, ...CLI, ...LAPTOP_VARIABLES])].sort(),
    )
  })

  it('is enough to boot: a copy of it is the default configuration', () => {
    expect(loadConfig(defaults)).toEqual(loadConfig({}))
  })

  it('holds examples that fit, each of them', () => {
    expect(() => loadConfig(examples)).not.toThrow()
    for (const [name, value] of Object.entries(examples)) vi.stubEnv(name, value)
    expect(readConfig()).toMatchObject({ url: 'http://localhost:3000', color: false })
    expect(unknownVariables()).toEqual([])
  })
})
