import { describe, expect, it } from 'vitest'
import { readWebhookEvent } from './webhook-event.ts'

const API = 'https://api.github.com'
const repository = { full_name: 'acme/parity' }
const SHA = 'a'.repeat(40)
const pull = (from: string | null, sha?: string) => ({
  action: 'opened',
  repository,
  pull_request: {
    head: { ref: 'feat/x', sha, repo: from === null ? null : { full_name: from } },
    base: { ref: 'main', repo: repository },
  },
})

describe('a webhook of GitHub', () => {
  it('says of a push which branch and which files', () => {
    const commits = [
      { added: ['a.txt'], modified: ['b.txt'], removed: [] },
      { added: [], modified: ['b.txt'], removed: ['c.txt'] },
    ]
    expect(readWebhookEvent('push', { ref: 'refs/heads/feat/x', repository, commits }, API)).toEqual({
      event: { event: 'push', ref: 'refs/heads/feat/x', paths: ['a.txt', 'b.txt', 'c.txt'] },
      repo: 'https://github.com/acme/parity.git',
      branch: 'feat/x',
      fromFork: false,
    })
  })

  it('says of a pull request where it comes from and where it goes to', () => {
    expect(readWebhookEvent('pull_request', pull('acme/parity'), API)).toMatchObject({
      event: { event: 'pull_request', action: 'opened', base: 'main' },
      branch: 'feat/x',
      fromFork: false,
    })
  })

  it.each([['another/parity'], [null]])('tells a pull request from a fork (%s)', (from) => {
    expect(readWebhookEvent('pull_request', pull(from), API)).toMatchObject({ fromFork: true })
  })

  it.each([
    ['push', { after: SHA }, SHA],
    ['push', { after: 'b'.repeat(40), head_commit: { id: SHA } }, SHA],
    ['push', { after: SHA, head_commit: null }, SHA],
    ['push', { after: '0'.repeat(40) }, undefined],
    ['push', { after: 'main', head_commit: 'odd' }, undefined],
    ['pull_request', { ...pull('acme/parity', SHA), after: 'b'.repeat(40) }, SHA],
    ['pull_request', pull('acme/parity', 'not a commit'), undefined],
    ['pull_request_review', pull('acme/parity', SHA), undefined],
    ['check_run', { after: SHA }, undefined],
  ])('says of %s %j which commit is to hear of its runs', (name, body, commit) => {
    expect(readWebhookEvent(name, { repository, ...body }, API)?.commit).toBe(commit)
  })

  it('names no files when GitHub may have left some out', () => {
    const commits = Array.from({ length: 2048 }, () => ({ added: ['a'] }))
    expect(
      readWebhookEvent('push', { ref: 'refs/heads/main', repository, commits }, API)?.event,
    ).not.toHaveProperty('paths')
  })

  it('leaves nothing to work on when its branch is gone', () => {
    expect(readWebhookEvent('push', { ref: 'refs/heads/x', deleted: true, repository }, API)).toBeUndefined()
  })

  it('never takes the address of a repository from what was sent', () => {
    const evil = { ...repository, clone_url: 'https://evil.example/x.git' }
    const read = readWebhookEvent(
      'push',
      { ref: 'refs/heads/main', repository: evil },
      'https://ghe.test/api/v3',
    )
    expect(read?.repo).toBe('https://ghe.test/acme/parity.git')
  })

  it.each([
    ['repository.full_name', { repository: { full_name: '../../x' } }],
    ['repository.full_name', { repository: { full_name: '../x' } }],
    ['repository.full_name', { repository: { full_name: 'acme/..' } }],
    ['pull_request.base.ref', { ...pull('acme/parity'), pull_request: { head: { ref: 'x' }, base: {} } }],
    ['', 'text'],
  ])('names the field that is not as it should be: %s', (field, body) => {
    expect(() => readWebhookEvent('pull_request', body, API)).toThrow(`"${field}"`)
  })
})
