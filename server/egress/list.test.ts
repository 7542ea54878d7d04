import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Fault } from '#dsl/fault.ts'
import { parseRule } from './host.ts'
import { egressRules, loadEgressList } from './list.ts'
import type { MachineHosts } from './list.ts'

let folder = ''
const groups = () => join(folder, 'groups.json')

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'egress-list-'))
  await writeFile(groups(), '{"npm": ["npm.example"], "github": ["github.com", "*.githubusercontent.com"]}')
})
afterAll(() => rm(folder, { recursive: true }))

async function load(content: unknown) {
  const file = join(folder, 'egress.json')
  await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content))
  return loadEgressList(file, groups())
}

async function rules(content: unknown, machine: MachineHosts = {}) {
  const { allow, trusted } = egressRules(await load(content), machine)
  return { allow: allow.map(({ text }) => text), trusted: trusted.map(({ text }) => text) }
}

const own = (...texts: string[]) => texts.flatMap((text) => parseRule(text) ?? [])

describe('the egress list', () => {
  it('is the one that comes with the project', () => {
    const { allow } = egressRules(loadEgressList('config/egress.json', 'config/egress-groups.json'), {})
    expect(allow.map(({ text }) => text)).toContain('github.com')
  })

  it('puts the hosts of groups in their place', async () => {
    expect(await rules({ allow: ['github', 'a.org:8443'] })).toEqual({
      allow: ['github.com', '*.githubusercontent.com', 'a.org:8443'],
      trusted: [],
    })
  })

  it('allows what it trusts', async () => {
    expect(await rules({ allow: [], trusted: ['nexus', 'npm'] })).toEqual({
      allow: ['nexus', 'npm.example'],
      trusted: ['nexus', 'npm.example'],
    })
  })

  it('trusts the hosts of the machine’s own settings, for the groups that are allowed', async () => {
    const machine = { npm: own('npm.corp', 'scoped.corp:8443'), pypi: own('pip.corp') }
    expect(await rules({ allow: ['npm'] }, machine)).toEqual({
      allow: ['npm.example', 'npm.corp', 'scoped.corp:8443'],
      trusted: ['npm.corp', 'scoped.corp:8443'],
    })
    expect(await rules({ allow: ['a.org'] }, machine)).toEqual({ allow: ['a.org'], trusted: [] })
  })

  it.each([
    ['no JSON', '{', /is not \{"allow"/],
    ['no list', { allow: 'npm' }, /is not \{"allow"/],
    ['a key that is not known', { allow: [], allowed: [] }, /is not \{"allow"/],
    ['an address', { allow: ['10.0.0.1'] }, /"10\.0\.0\.1"/],
    ['a URL', { allow: ['https://a.org'] }, /"https:\/\/a\.org"/],
    ['a star for everything', { allow: ['*'] }, /"\*"/],
    ['a group that is none', { allow: ['githb', 'npm'] }, /"githb"\..*a group \(npm, github\)/],
    [
      'a repository that is an address',
      { allow: [], git: ['https://github.com/a/b'] },
      /"https.*"owner\/\*"/,
    ],
    ['a wrong entry among the trusted', { allow: [], trusted: ['a b'] }, /"a b"/],
  ])('with %s is a fault that says what would be right', async (_, content, message) => {
    const fault: unknown = await load(content).catch((error: unknown) => error)
    expect(fault).toBeInstanceOf(Fault)
    expect(fault).toMatchObject({ code: 'invalid', message: expect.stringMatching(message) as string })
  })

  it('has no repository unless it names one', async () => {
    expect((await load({ allow: [] })).git).toEqual([])
    expect((await load({ allow: [], git: ['acme/parity', 'octo/*'] })).git).toEqual(['acme/parity', 'octo/*'])
  })

  it('that is missing is a fault', () => {
    expect(() => loadEgressList(join(folder, 'none.json'), groups())).toThrow(/none\.json/)
  })
})
