// A pull request is opened on GitHub: its signed webhook begins the stored workflow on the branch, once, and its
// commit hears how that goes. Source: seed rows S60, S113.
import { createHmac } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startGitHost } from '#e2e/double/git-host.ts'
import type { GitHost, HostedRepository } from '#e2e/double/git-host.ts'
import { DOUBLE_TOKEN, startGithub } from '#e2e/double/github.ts'
import type { DoubleRepository } from '#e2e/double/github-repository.ts'
import type { GithubDouble } from '#e2e/double/github.ts'
import { openDatabase } from '#e2e/stage/database.ts'
import { runsOverHttp } from '#e2e/stage/runs.ts'
import { startServer } from '#e2e/stage/server.ts'
import type { StagedServer } from '#e2e/stage/server.ts'
import { makeCertificate } from '#server/egress/test-certificate.ts'

const SECRET = 'the-secret-that-github-and-this-server-share'
const WORKFLOW = `name: on-pull
on: github:pull_request.opened
steps:
  - id: look
    uses: shell.exec
    with: { cmd: "git -C /work/app branch --show-current; cat /work/app/new.txt" }
`
const TESTED = `name: tested
on: github:pull_request.synchronize
steps:
  - id: tests
    uses: tests.run
    with: { framework: 'node:test', cwd: /work/app }
  - id: ask
    approval: { message: 'Is it good?' }
`
const testing = (even: number) => ({
  'package.json': JSON.stringify({ name: 'parity', private: true, scripts: { test: 'node --test' } }),
  'new.test.js': `require('node:assert').equal(${even} % 2, 0)\n`,
})
const FILES = {
  'acme/parity': { 'new.txt': 'of the branch\n' },
  'acme/passes': testing(2),
  'acme/fails': testing(3),
}

interface Pull {
  readonly action?: string
  readonly repo?: string
  readonly ref?: string
  readonly title?: string
}
const pullOf = ({ action = 'opened', repo = 'acme/parity', ref = 'feat/x', title = 'A title' }: Pull) =>
  JSON.stringify({
    action,
    number: 1,
    repository: { full_name: repo },
    pull_request: {
      title,
      head: { ref, sha: hosted.get(repo)?.commits.of(ref), repo: { full_name: repo } },
      base: { ref: 'main', repo: { full_name: repo } },
    },
  })
/** What a stranger may call a branch, and what a pull request. */
const HOSTILE_BRANCH = `feat/";touch\${IFS}ran;'$(touch\${IFS}ran)\`touch\${IFS}ran\`'&&|<>#`
const HOSTILE_TITLE = `"; touch ran; rm -rf /work/app; ' $(touch ran) \`touch ran\`\ntouch ran\n\\$\{{ secrets.x }} %s é`
/** Each way by which a value reaches a command, a file and an output. */
const TOLD = `name: tells
on: github:pull_request.opened
env: { SHARED: "\${{ github.event.pull_request.title }}" }
steps:
  - id: env
    uses: shell.exec
    env: { TITLE: "\${{ github.event.pull_request.title }}", REF: "\${{ github.event.pull_request.head.ref }}" }
    with: { cmd: 'printf "%s\\n--\\n%s\\n--\\n%s" "$TITLE" "$REF" "$SHARED"' }
  - id: bare
    uses: shell.exec
    with: { cmd: "printf '%s\\n--\\n%s' \${{ github.event.pull_request.title }} \\"\${{ github.event.pull_request.head.ref }}\\"" }
  - id: file
    uses: file.write
    with: { path: told.txt, content: "\${{ github.event.pull_request.title }}" }
  - id: number
    if: "\${{ github.event.number == 1 }}"
    uses: shell.exec
    with: { cmd: "cat told.txt; echo; [ ! -e ran ] && ls /work/app" }
`

let folder: string
let git: GitHost
let github: GithubDouble
/** By their names, on the git host and on GitHub. */
const hosted = new Map<string, HostedRepository>()
const repositories = new Map<string, DoubleRepository>()
let server: StagedServer

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'webhook-'))
  const certificate = makeCertificate('localhost')
  git = startGitHost(DOUBLE_TOKEN)
  github = await startGithub({ certificate, git })
  const [authority, egress] = [join(folder, 'authority.pem'), join(folder, 'egress.json')]
  await writeFile(authority, certificate.cert)
  await writeFile(egress, JSON.stringify({ allow: [], git: ['acme/*'] }))
  server = await startServer({
    env: {
      CHISPART_EGRESS: egress,
      CHISPART_WEBHOOK_SECRET: SECRET,
      NODE_EXTRA_CA_CERTS: authority,
      GITHUB_TOKEN: github.token,
      GITHUB_API_URL: github.apiUrl,
    },
  })
  for (const [name, files] of Object.entries(FILES)) {
    const made = git.addRepository(name, files)
    made.git('branch', 'feat/x', 'main')
    made.git('branch', HOSTILE_BRANCH, 'main')
    hosted.set(name, made)
    repositories.set(name, github.addRepository(name, made.branches, made.commits))
  }
  const headers = { authorization: `Bearer ${server.ownerToken}`, 'content-type': 'application/json' }
  for (const text of [WORKFLOW, TOLD, TESTED]) {
    const body = JSON.stringify({ text })
    await fetch(`${server.url}/api/ops/workflow.save`, { method: 'POST', headers, body })
  }
})
afterAll(async () => {
  await server.close()
  await github.close()
  git.close()
  await rm(folder, { recursive: true })
})

function deliver(delivery: string, secret = SECRET, body = pullOf({})): Promise<Response> {
  const signature = `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`
  const headers = {
    'content-type': 'application/json',
    'x-github-event': 'pull_request',
    'x-github-delivery': delivery,
    'x-hub-signature-256': signature,
  }
  return fetch(`${server.url}/hooks/github`, { method: 'POST', headers, body })
}

describe('a pull request that is opened on GitHub', () => {
  it('begins the run on its branch, and the same delivery begins none again', async () => {
    const answer = await deliver('one')
    const { runs } = (await answer.json()) as { runs: { id: string; workflow: string }[] }
    expect([answer.status, runs.map(({ workflow }) => workflow).sort()]).toEqual([202, ['on-pull', 'tells']])
    const run = runs.find(({ workflow }) => workflow === 'on-pull')?.id ?? ''
    const http = runsOverHttp(server)
    await http.follow(run)
    expect(await http.get(run)).toMatchObject({
      state: 'succeeded',
      trigger: 'github',
      steps: [{ output: 'feat/x\nof the branch' }],
    })
    await expect
      .poll(() => heard(run))
      .toEqual(['pending Run #1 goes on.', expect.stringMatching(/^success /)])
    expect(await (await deliver('one')).json()).toEqual({ ok: true, runs: [] })
  })

  it('is data to the steps, whatever strangers call the branch and the pull request', async () => {
    const answer = await deliver('three', SECRET, pullOf({ ref: HOSTILE_BRANCH, title: HOSTILE_TITLE }))
    const { runs } = (await answer.json()) as { runs: { id: string; workflow: string }[] }
    const run = runs.find(({ workflow }) => workflow === 'tells')?.id ?? ''
    const http = runsOverHttp(server)
    await http.follow(run)
    const done = await http.get(run)
    expect(done.state, done.reason).toBe('succeeded')
    const outputs = Object.fromEntries(done.steps.map(({ id, output }) => [id, output]))
    expect(outputs['env']).toBe([HOSTILE_TITLE, HOSTILE_BRANCH, HOSTILE_TITLE].join('\n--\n'))
    expect(outputs['bare']).toBe([HOSTILE_TITLE, HOSTILE_BRANCH].join('\n--\n'))
    expect(outputs['number']).toBe(`${HOSTILE_TITLE}\nnew.txt\ntold.txt`)
  })

  it('begins nothing with a wrong signature: 401, and written down', async () => {
    expect((await deliver('two', 'a-secret-that-somebody-guessed-at-some-time')).status).toBe(401)
    const database = await openDatabase(server.dataDir)
    await database.audit(({ action, outcome }) => action === 'webhook' && outcome === 'unauthenticated')
    await database.close()
  })
})

/** What the commit of the branch heard of a run, in order. */
function heard(run: string): string[] {
  return [...repositories].flatMap(([name, { statuses }]) => {
    const newest = hosted.get(name)?.commits.of('feat/x')
    const own = statuses.filter(
      ({ sha, target_url: page }) => sha === newest && page?.endsWith(`/runs/${run}`),
    )
    return own.map(({ state, description }) => `${state} ${description}`)
  })
}

/** Begins the tests of a repository, as a push to the branch of a pull request does. */
async function beginTests(repo: string): Promise<string> {
  const answer = await deliver(
    `push to ${repo}`.replaceAll(' ', '-'),
    SECRET,
    pullOf({ action: 'synchronize', repo }),
  )
  const { runs } = (await answer.json()) as { runs: { id: string }[] }
  return runs[0]?.id ?? ''
}

describe('the commit of that pull request', () => {
  it('hears which step failed when a test does', async () => {
    const run = await beginTests('acme/fails')
    await runsOverHttp(server).follow(run)
    await expect
      .poll(() => heard(run))
      .toEqual([
        expect.stringMatching(/^pending .* goes on\.$/),
        expect.stringMatching(/^failure .* failed: tests\.$/),
      ])
    expect(repositories.get('acme/fails')?.statuses[0]?.context).toBe('chispart/tested')
  })

  it('hears that an approval is waited for, and the end though GitHub refuses and the server is killed', async () => {
    const run = await beginTests('acme/passes')
    const http = runsOverHttp(server)
    await http.follow(run, ({ step }) => step?.id === 'ask' && step.state === 'approval')
    await expect.poll(() => heard(run).at(-1)).toMatch(/^pending .* waits for an approval: ask\.$/)
    github.failAll('repos/create-commit-status', { status: 403 })
    await http.approve(run, 'ask')
    await http.follow(run)
    expect((await http.get(run)).state).toBe('succeeded')
    const database = await openDatabase(server.dataDir)
    const refused = () => database.sql`select from checks where run_id = ${run} and trying like 'success %'`
    await expect.poll(async () => (await refused()).length).toBe(1)
    await database.close()
    server = await server.restart()
    expect(heard(run).some((said) => said.startsWith('success'))).toBe(false)
    github.failAll('repos/create-commit-status')
    await expect.poll(() => heard(run).at(-1)).toMatch(/^success /)
    expect(heard(run).filter((said) => said.startsWith('success'))).toHaveLength(1)
  })
})
