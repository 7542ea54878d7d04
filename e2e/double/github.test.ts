// The power over pull requests against a GitHub that checks what it is sent: each effect once, however often it is asked for.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Fault } from '#dsl/fault.ts'
import type { NewPullRequest } from '#dsl/powers/github.ts'
import { githubPower } from '#server/powers/github.ts'
import { startGithub } from './github.ts'
import type { DoubleRepository } from './github-repository.ts'
import type { GithubDouble } from './github.ts'

let double: GithubDouble
let repository: DoubleRepository

beforeEach(async () => {
  double = await startGithub()
  repository = double.addRepository('octo/app', () => ['main', 'next', 'feat/x', 'feat/y'])
})
afterEach(() => double.close())

const NEWEST = '0'.repeat(40)
const KEY = 'r1/pr/1'
const BODY = 'The plan\n\nChecks: ✅ QA ✅ Tests'
const PULL: NewPullRequest = { repo: 'octo/app', title: 'feat: x', body: BODY, head: 'feat/x', once: KEY }
const soon = () => AbortSignal.timeout(20_000)
const power = (token: string | undefined = double.token) => githubPower({ apiUrl: double.apiUrl, token })
const open = (change: Partial<NewPullRequest> = {}) => power().createPull({ ...PULL, ...change }, soon())
const say = (body: string, once?: string) =>
  power().comment({ repo: 'octo/app', number: 1, body, once }, soon())

async function faultOf(act: Promise<unknown>): Promise<Fault> {
  const error: unknown = await act.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (error instanceof Fault) return error
  throw new Error('it did not fault', { cause: error })
}

describe('a pull request', () => {
  it('has the body as it was given, with the mark of its call at the very end', async () => {
    expect(await open()).toEqual({
      repo: 'octo/app',
      number: 1,
      url: `${double.apiUrl}/octo/app/pull/1`,
      result: 'created',
      sha: NEWEST,
      own: true,
    })
    expect(repository.pulls).toMatchObject([
      {
        title: 'feat: x',
        head: 'feat/x',
        base: 'main',
        draft: false,
        body: `${BODY}\n\n<!-- chispart:r1/pr/1 -->`,
      },
    ])
  })

  it('without a call id has the body and nothing else', async () => {
    await open({ once: undefined, draft: true })
    expect(repository.pulls).toMatchObject([{ body: BODY, draft: true }])
  })

  it('asked for again under its call is the same one, also when it is closed by then', async () => {
    const first = await open()
    expect(await open()).toEqual({ ...first, result: 'found' })
    Object.assign(repository.pulls[0] ?? {}, { state: 'closed' })
    expect(await open()).toEqual({ ...first, result: 'found' })
    expect(repository.pulls).toHaveLength(1)
  })

  it('whose answer was lost is found by the next delivery', async () => {
    double.failNext('pulls/create', { lost: true })
    expect((await faultOf(open())).code).toBe('unavailable')
    expect(await open()).toMatchObject({ number: 1, result: 'found' })
    expect(repository.pulls).toHaveLength(1)
  })

  it('is opened once by many deliveries at the same time', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => open()))
    expect(new Set(answers.map(({ number }) => number))).toEqual(new Set([1]))
    expect(repository.pulls).toHaveLength(1)
  })

  it('of an earlier call of ours is brought up to date', async () => {
    await open()
    const later = await open({ title: 'feat: more', body: 'new', once: 'r2/pr/1' })
    expect(later).toMatchObject({ number: 1, result: 'updated', sha: NEWEST, own: true })
    expect(repository.pulls).toMatchObject([
      { title: 'feat: more', body: 'new\n\n<!-- chispart:r2/pr/1 -->' },
    ])
  })

  it('of a person is answered and never written over', async () => {
    const theirs = {
      number: 1,
      head: 'feat/x',
      base: 'main',
      draft: false,
      title: 'mine',
      body: null,
      state: 'open',
    } as const
    repository.pulls.push({ ...theirs })
    expect(await open()).toMatchObject({ number: 1, result: 'found', sha: NEWEST, own: false })
    expect(repository.pulls).toEqual([theirs])
  })

  it('to another base or from another branch is another one', async () => {
    await open()
    await open({ base: 'next' })
    await open({ head: 'feat/y' })
    expect(repository.pulls.map(({ head, base }) => `${head}>${base}`)).toEqual([
      'feat/x>main',
      'feat/x>next',
      'feat/y>main',
    ])
  })

  it.each(['--', 'a--b', '-->', '<!---->', 'a-', '%2d', 'r1/a[2]/1'])(
    'finds its own mark of the call %j',
    async (once) => {
      await open({ once })
      expect(await open({ once })).toMatchObject({ result: 'found' })
      const body = repository.pulls[0]?.body ?? ''
      expect(body.startsWith(`${BODY}\n\n<!-- chispart:`)).toBe(true)
      expect(body.slice(BODY.length + 6, -4)).not.toMatch(/--|[<>]/)
    },
  )

  it.each(['feat/none', 'main'])('from the branch %s is refused with the reason', async (head) => {
    expect(await faultOf(open({ head }))).toMatchObject({ code: 'invalid' })
    expect(repository.pulls).toEqual([])
  })
})

describe('a comment', () => {
  beforeEach(() => open())

  it('is made once under its call, though its answer was lost', async () => {
    double.failNext('issues/create-comment', { lost: true })
    expect((await faultOf(say('done', 'r1/say/1'))).code).toBe('unavailable')
    expect(await say('done', 'r1/say/1')).toMatchObject({ id: 1, result: 'found' })
    expect(repository.comments.map(({ body }) => body)).toEqual(['done\n\n<!-- chispart:r1/say/1 -->'])
  })

  it('is found behind hundreds of others', async () => {
    for (let id = 1; id <= 250; id += 1) repository.comments.push({ id, number: 1, body: 'chat' })
    await say('done', 'k')
    expect(await say('done', 'k')).toMatchObject({ id: 251, result: 'found' })
  })

  it('that only quotes a mark is not that call', async () => {
    await say('they wrote <!-- chispart:k --> here')
    expect(await say('done', 'k')).toMatchObject({ result: 'created' })
  })

  it('on what is not there is not found', async () => {
    const lost = power().comment({ repo: 'octo/app', number: 99, body: 'x' }, soon())
    expect((await faultOf(lost)).code).toBe('not_found')
  })
})

describe('a refusal of GitHub', () => {
  it.each([
    [{ status: 403 }, 'forbidden'],
    [{ status: 403, headers: { 'x-ratelimit-remaining': '0' } }, 'rate_limited'],
    [{ status: 403, body: { message: 'You have exceeded a secondary rate limit.' } }, 'rate_limited'],
    [{ status: 429, headers: { 'retry-after': '3' } }, 'rate_limited'],
    [{ status: 404 }, 'not_found'],
    [{ status: 422, body: { message: 'Validation Failed', errors: ['no'] } }, 'invalid'],
    [{ status: 500 }, 'unavailable'],
    [{ status: 502, body: {} }, 'unavailable'],
  ] as const)('%j means %s', async (fault, code) => {
    double.failNext('pulls/create', fault)
    expect((await faultOf(open())).code).toBe(code)
    expect(repository.pulls).toEqual([])
  })

  it('never shows the token, also when GitHub says it back', async () => {
    double.failNext('pulls/create', { status: 500, body: { message: `Bad: ${double.token}` } })
    const faults = [await faultOf(open()), await faultOf(power('ghp_wrong_one').createPull(PULL, soon()))]
    expect(faults.map(({ code }) => code)).toEqual(['unavailable', 'forbidden'])
    for (const fault of faults)
      expect(`${fault.message} ${JSON.stringify(fault)} ${String(fault.cause)}`).not.toMatch(/ghp_/)
  })

  it('is not even asked for without a token, or about a repository elsewhere', async () => {
    const tokenless = githubPower({ apiUrl: double.apiUrl, token: undefined }).createPull(PULL, soon())
    expect(await faultOf(tokenless)).toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('GITHUB_TOKEN') as string,
    })
    for (const repo of [
      'https://gitlab.com/octo/app',
      'git@gitlab.com:octo/app',
      'octo',
      '../app',
      'octo/..',
      '/work/app',
    ])
      expect((await faultOf(open({ repo }))).code).toBe('invalid')
    expect(double.calls).toEqual([])
  })

  it('ends at once when the caller leaves', async () => {
    const reason = new Fault('cancelled', 'The caller left.')
    await expect(power().createPull(PULL, AbortSignal.abort(reason))).rejects.toBe(reason)
    expect(repository.pulls).toEqual([])
  })
})

describe('the address of a repository', () => {
  it.each([
    'octo/app',
    'http://127.0.0.1:1/octo/app.git',
    'git@127.0.0.1:octo/app.git',
    'ssh://git@127.0.0.1/octo/app/',
  ])('%s is octo/app', async (repo) => expect(await open({ repo })).toMatchObject({ repo: 'octo/app' }))
})

describe('the double', () => {
  it('refuses fields and values that GitHub does not have', async () => {
    const send = (body: object) =>
      fetch(`${double.apiUrl}/repos/octo/app/pulls`, {
        method: 'POST',
        headers: { authorization: `token ${double.token}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
    const good = { title: 't', head: 'feat/x', base: 'main' }
    const answers = await Promise.all([
      send({ ...good, titel: 'x' }),
      send({ ...good, draft: 'no' }),
      send({ title: 't' }),
    ])
    expect(answers.map(({ status }) => status)).toEqual([422, 422, 422])
    expect(repository.pulls).toEqual([])
    expect((await send(good)).status).toBe(201)
  })
})
