import { describe, expect, it } from 'vitest'
import { gitAccess, isRepositoryEntry } from './git-access.ts'

const API = 'https://api.github.com'
const find = (repo: string | null, listed: readonly string[] = ['acme/parity'], apiUrl = API) =>
  gitAccess({ apiUrl, listed })(repo)

describe('a workspace of a listed repository', () => {
  it.each([
    'https://github.com/acme/parity',
    'https://github.com/acme/parity.git/',
    'git@github.com:acme/parity.git',
    'ssh://git@github.com/acme/parity.git',
  ])('made of %s goes through the relay to it', (repo) => {
    expect(find(repo)).toEqual({
      repository: 'acme/parity',
      rule: 'acme/parity',
      origin: 'https://github.com',
      url: 'https://github.com/acme/parity.git',
      relayUrl: 'http://git.chispart.internal/acme/parity.git',
    })
  })

  it('is found by its owner, whatever the case', () => {
    expect(find('https://github.com/Acme/Parity', ['acme/*'])).toMatchObject({ repository: 'Acme/Parity' })
  })

  it('is on the host of an Enterprise server, with its port', () => {
    const access = find('https://ghe.corp:8443/acme/parity', ['acme/*'], 'https://ghe.corp:8443/api/v3')
    expect(access?.url).toBe('https://ghe.corp:8443/acme/parity.git')
  })
})

describe('no token is used', () => {
  it.each([
    ['without an entry', 'https://github.com/acme/parity', []],
    ['for a neighbour', 'https://github.com/acme/parity-other', ['acme/parity']],
    ['for an owner that begins alike', 'https://github.com/acme-evil/parity', ['acme/*']],
    ['for another host', 'https://evil.test/acme/parity', ['acme/*']],
    ['for another port of the host', 'https://github.com:8443/acme/parity', ['acme/*']],
    ['without TLS where the host has it', 'http://github.com/acme/parity', ['acme/*']],
    ['for a host that looks like it', 'https://github.com.evil.test/acme/parity', ['acme/*']],
    ['for a host behind a user name', 'https://github.com@evil.test/acme/parity', ['acme/*']],
    ['for a path in the workspace', 'acme/parity', ['acme/*']],
    ['for a path that climbs', 'https://github.com/acme/../evil/parity', ['acme/*']],
    ['for a name of dots', 'https://github.com/acme/..', ['acme/*']],
    ['for an escaped name', 'https://github.com/acme/%2e%2e', ['acme/*']],
    ['for a workspace of no repository', null, ['acme/*']],
  ])('%s', (_, repo, listed) => {
    expect(find(repo, listed)).toBeUndefined()
  })
})

it.each([
  ['acme/parity', true],
  ['acme/*', true],
  ['*/parity', false],
  ['*', false],
  ['acme', false],
  ['acme/..', false],
  ['https://github.com/acme/parity', false],
])('%s as an entry: %s', (text, valid) => {
  expect(isRepositoryEntry(text)).toBe(valid)
})
