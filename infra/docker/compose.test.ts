import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { parse } from 'yaml'

interface Service {
  readonly ports?: readonly string[]
  readonly volumes?: readonly string[]
  readonly cap_drop?: readonly string[]
  readonly privileged?: boolean
}

const text = readFileSync(new URL('../../docker-compose.yml', import.meta.url), 'utf8')
const { services } = parse(text) as { services: Readonly<Record<string, Service>> }

it('the composition is a server and its Postgres', () => {
  expect(Object.keys(services)).toEqual(['postgres', 'chispart'])
})

it('nothing but port 3000 is open, on this machine only', () => {
  expect(Object.values(services).flatMap(({ ports }) => ports ?? [])).toEqual(['127.0.0.1:3000:3000'])
})

it('no container is privileged, and none is handed the engine of the host', () => {
  expect(services['chispart']).toMatchObject({ cap_drop: ['ALL'] })
  for (const { privileged, volumes } of Object.values(services)) {
    expect(privileged).toBeUndefined()
    expect(volumes?.every((volume) => /^[a-z]+:/.test(volume))).toBe(true)
  }
})
