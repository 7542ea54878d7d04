// What a commit on GitHub hears of a run, against a GitHub that checks what it is sent.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Fault } from '#dsl/fault.ts'
import { contextOf, statusOf } from '#server/github/commit-status.ts'
import { statusTeller } from '#server/github/tell-status.ts'
import type { ToldStatus } from '#server/github/tell-status.ts'
import { startGithub } from './github.ts'
import type { DoubleRepository } from './github-repository.ts'
import type { GithubDouble } from './github.ts'

const SHA = '0123456789abcdef0123456789abcdef01234567'
let double: GithubDouble
let repository: DoubleRepository

beforeEach(async () => {
  double = await startGithub()
  const commits = { of: () => SHA, has: (sha: string) => sha === SHA }
  repository = double.addRepository('octo/app', () => ['main'], commits)
})
afterEach(() => double.close())

const soon = () => AbortSignal.timeout(20_000)
const RUN = { number: 3, hasBegun: true, seconds: 61, asks: null, failed: null }
const status = (change: Partial<ToldStatus> = {}): ToldStatus => ({
  ...statusOf({ ...RUN, state: 'succeeded' }),
  ...{ repo: `${double.apiUrl}/octo/app.git`, sha: SHA, context: contextOf('ci') },
  targetUrl: 'http://localhost:3000/runs/r1',
  ...change,
})

function tell(change: Partial<ToldStatus> = {}, token: string = double.token): Promise<void> {
  const teller = statusTeller({ apiUrl: double.apiUrl, token })
  if (teller === undefined) throw new Error('there is a token')
  return teller.tell(status(change), soon())
}
const faultOf = (act: Promise<void>) =>
  act.then(
    () => undefined,
    (error: unknown) => error,
  ) as Promise<Fault | undefined>

describe('a commit', () => {
  it('hears the state, the sentence and where to read more, under the name of the workflow', async () => {
    await tell()
    expect(repository.statuses).toEqual([
      {
        sha: SHA,
        state: 'success',
        context: 'chispart/ci',
        description: 'Run #3 succeeded in 1 min 1 s.',
        target_url: 'http://localhost:3000/runs/r1',
      },
    ])
  })

  it('hears each state that a run can have', async () => {
    const states = ['queued', 'running', 'waiting', 'succeeded', 'failed', 'cancelled', 'timed_out'] as const
    for (const state of [...states, 'over_budget'] as const)
      await tell(statusOf({ ...RUN, state, failed: 'x'.repeat(300), asks: 'deploy' }))
    expect(repository.statuses.map(({ state }) => state)).toEqual([
      ...['pending', 'pending', 'pending', 'success', 'failure', 'error', 'error', 'error'],
    ])
  })

  it('has the address that webhooks have too', async () => {
    const teller = statusTeller({ apiUrl: double.apiUrl, token: double.token })
    expect(teller?.address('octo/app')).toBe(`${double.apiUrl}/octo/app.git`)
    expect(statusTeller({ apiUrl: 'https://api.github.com', token: 'x' })?.address('octo/app')).toBe(
      'https://github.com/octo/app.git',
    )
  })
})

describe('a status that GitHub does not take', () => {
  it.each([
    [{ status: 403, body: { message: 'Resource not accessible by personal access token' } }, 'forbidden'],
    [{ status: 429, headers: { 'retry-after': '3' } }, 'rate_limited'],
    [{ status: 404 }, 'not_found'],
    [{ status: 422 }, 'invalid'],
    [{ status: 503 }, 'unavailable'],
    [{ lost: true }, 'unavailable'],
  ] as const)('%j means %s, and says what to do', async (fault, code) => {
    double.failNext('repos/create-commit-status', fault)
    const refused = await faultOf(tell())
    expect(refused).toBeInstanceOf(Fault)
    expect(refused?.code).toBe(code)
    if (code === 'forbidden' || code === 'not_found') expect(refused?.message).toContain('commit statuses')
  })

  it('is one of a commit that is not there, or too long, or leads to no page', async () => {
    const wrong = [
      { sha: 'f'.repeat(40) },
      { description: 'x'.repeat(141) },
      { targetUrl: 'javascript:alert(1)' },
    ]
    for (const change of wrong) expect((await faultOf(tell(change)))?.code).toBe('invalid')
    expect(repository.statuses).toEqual([])
  })

  it('never shows the token', async () => {
    double.failNext('repos/create-commit-status', { status: 500, body: { message: `Bad: ${double.token}` } })
    const faults = [await faultOf(tell()), await faultOf(tell({}, 'ghp_wrong_one'))]
    expect(faults.map((fault) => fault?.code)).toEqual(['unavailable', 'forbidden'])
    expect(JSON.stringify(faults.map((fault) => [fault, fault?.message, String(fault?.cause)]))).not.toMatch(
      /ghp_/,
    )
  })

  it('is not even asked for without a token, or of a repository elsewhere', async () => {
    expect(statusTeller({ apiUrl: double.apiUrl, token: undefined })).toBeUndefined()
    expect((await faultOf(tell({ repo: 'https://gitlab.com/octo/app.git' })))?.code).toBe('invalid')
    expect(double.calls).toEqual([])
  })
})

describe('the double', () => {
  it('refuses fields and values that GitHub does not have', async () => {
    const send = (body: object) =>
      fetch(`${double.apiUrl}/repos/octo/app/statuses/${SHA}`, {
        method: 'POST',
        headers: { authorization: `token ${double.token}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
    for (const wrong of [
      {},
      { state: 'failed' },
      { state: 'success', targetUrl: 'x' },
      { state: 'error', context: 1 },
    ])
      expect((await send(wrong)).status).toBe(422)
    expect(repository.statuses).toEqual([])
    expect((await send({ state: 'success' })).status).toBe(201)
    expect(repository.statuses).toMatchObject([{ context: 'default', description: null, target_url: null }])
  })
})
