// plan → build → QA → tests → push → pull request and its checks, as the seed document wants it: a clone from a real git host over TLS, a
// real sandbox, real npm and tests, a real push. GitHub's API and the provider of models are doubles that check what they
// are sent. Source: seed document, example of the DSL.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startGitHost } from '#e2e/double/git-host.ts'
import type { GitHost, HostedRepository } from '#e2e/double/git-host.ts'
import { DOUBLE_TOKEN, startGithub } from '#e2e/double/github.ts'
import type { DoubleRepository } from '#e2e/double/github-repository.ts'
import type { GithubDouble } from '#e2e/double/github.ts'
import { startOpenAi } from '#e2e/double/openai.ts'
import type { OpenAiDouble } from '#e2e/double/openai.ts'
import { openDatabase } from '#e2e/stage/database.ts'
import type { Database } from '#e2e/stage/database.ts'
import { lockfileOf } from '#e2e/stage/lockfile.ts'
import { runsOverHttp, statesOf } from '#e2e/stage/runs.ts'
import type { RunsOverHttp } from '#e2e/stage/runs.ts'
import { startServer } from '#e2e/stage/server.ts'
import type { StagedServer } from '#e2e/stage/server.ts'
import { makeCertificate } from '#server/egress/test-certificate.ts'

const BRANCH = 'feature/parity'
const FIXED = "module.exports = (n) => !require('is-odd')(n)\n"
const WRONG = "module.exports = (n) => require('is-odd')(n)\n"
const PROJECT = {
  'package.json': JSON.stringify({
    name: 'parity',
    private: true,
    scripts: { build: 'node --check index.js && mkdir -p dist && cp index.js dist', test: 'node --test' },
    dependencies: { 'is-odd': '3.0.1' },
  }),
  'index.js': 'module.exports = () => false\n',
  'app.test.js': "require('node:assert').equal(require('./index.js')(2), true)\n",
  '.gitignore': 'node_modules\n',
  'search.sh': `PLANTED=canary-in-environment sleep 60 &
until grep -q canary /proc/$!/environ; do :; done
git config planted.here canary-in-git-config
look() { grep -rsalE "$1" /proc/[0-9]*/environ /proc/[0-9]*/cmdline /work /home /tmp /etc /run /dev/shm; }
echo planted; look 'canary-in-[eg]'
echo token; look 'ghp_[d]ouble|eC1hY2Nlc3MtdG9rZW4[6]'
echo wire; GIT_TRACE_CURL=1 git ls-remote origin 2>&1
echo others; git ls-remote http://git.chispart.internal/acme/secret.git 2>&1
echo direct; git ls-remote https://localhost:$1/acme/secret.git 2>&1
kill $!; echo end
`,
}

/** The seed's own steps; between them what an agent writes, and how it reaches the branch. */
const workflow = (port: string) => `name: feature-branch-ci
on:
  manual:
    inputs:
      source: { description: What the change is, required: true }
policy:
  allow_commands: ["git *", "npm ci", "npm run build", "npm test", "bash *"]
  egress_allow: ["localhost:${port}", "npm"]
  max_cost_usd: 2.50
  max_time_ms: 1800000
steps:
  - id: plan
    uses: llm.chat
    retry: { attempts: 3, backoff: constant, delay_ms: 10 }
    with: { provider: blackbox, model: o3-mini, prompt: "Resume issue y plan" }
  - id: change
    uses: file.write
    with: { path: index.js, content: "\${{ inputs.source }}" }
  - id: build
    uses: shell.exec
    with: { cmd: "npm ci && npm run build", cwd: /work/app, pty: true, timeout: 900000 }
  - id: qa
    uses: qa.review
    with: { ruleset: strict }
  - id: tests
    uses: tests.run
    with: { framework: 'node:test', cwd: /work/app }
  - id: commit
    uses: git.commit
    with: { message: "feat: even numbers are even", all: true }
  - id: push
    uses: git.push
    retry: { attempts: 3, backoff: constant, delay_ms: 10 }
  - id: search
    uses: shell.exec
    with: { cmd: "bash search.sh ${port}" }
  - id: pr
    if: "\${{ steps.tests.ok && steps.qa.ok }}"
    uses: repo.pr.create
    with:
      title: "feat: \${context.branch}"
      body:  "\${{ steps.plan.output }}\\n\\nChecks: ✅ QA ✅ Tests"
`

let folder: string
let git: GitHost
let hosted: HostedRepository
let github: GithubDouble
let models: OpenAiDouble
let repository: DoubleRepository
let server: StagedServer
let database: Database
let runs: RunsOverHttp

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'seed-'))
  const certificate = makeCertificate('localhost')
  git = startGitHost(DOUBLE_TOKEN)
  github = await startGithub({ certificate, git })
  models = await startOpenAi({ answer: () => 'Plan: make even numbers even.' })
  const [authority, egress] = [join(folder, 'authority.pem'), join(folder, 'egress.json')]
  await writeFile(authority, certificate.cert)
  await writeFile(egress, JSON.stringify({ allow: ['npm'], git: ['acme/*'] }))
  server = await startServer({
    env: {
      CHISPART_EGRESS: egress,
      NODE_EXTRA_CA_CERTS: authority,
      GITHUB_TOKEN: github.token,
      GITHUB_API_URL: github.apiUrl,
      BLACKBOX_API_KEY: models.key,
      BLACKBOX_BASE_URL: models.baseUrl,
    },
  })
  database = await openDatabase(server.dataDir)
  runs = runsOverHttp(server)
  const lockfile = await lockfileOf(server, PROJECT['package.json'])
  hosted = git.addRepository('acme/parity', { ...PROJECT, 'package-lock.json': lockfile })
  hosted.git('branch', BRANCH, 'main')
  git.addRepository('acme/secret', { 'secret.txt': 'of another team' })
  repository = github.addRepository('acme/parity', hosted.branches, hosted.commits)
})
afterAll(async () => {
  await database.close()
  await server.close()
  await models.close()
  await github.close()
  git.close()
  await rm(folder, { recursive: true })
})

/** Of the branch on the git host, the newest first. */
const commits = () => hosted.git('log', '--format=%s', BRANCH).split('\n')
const pushes = () => git.calls.filter((call) => call.startsWith('POST') && call.includes('receive-pack'))
const run = (source: string) =>
  runs.ended({
    text: workflow(new URL(github.apiUrl).port),
    repo: `${github.apiUrl}/acme/parity.git`,
    branch: BRANCH,
    inputs: { source },
  })

describe('the workflow of the seed', () => {
  it('pushes nothing and opens no pull request when a test fails, and says which step failed', async () => {
    const done = await run(WRONG)
    expect(statesOf(done)).toMatchObject({
      ...{ build: 'success', tests: 'failure' },
      ...{ commit: 'skipped', push: 'skipped', pr: 'skipped' },
    })
    expect([done.state, done.reason]).toEqual(['failed', expect.stringMatching(/^tests failed/)])
    expect([pushes(), commits(), repository.pulls, repository.statuses]).toEqual([[], ['first'], [], []])
  })

  it('brings the change to the branch and opens one pull request, after a retry of what failed once', async () => {
    models.failNext({ status: 503 })
    git.failNext('/git-receive-pack')
    const done = await run(FIXED)
    const ids = ['plan', 'change', 'build', 'qa', 'tests', 'commit', 'push', 'search', 'pr']
    expect(statesOf(done)).toEqual(Object.fromEntries(ids.map((id) => [id, 'success'])))
    expect([done.state, done.reason]).toEqual(['succeeded', undefined])
    const attempts = done.steps.map((step) => [step.id, step.attempts])
    expect(Object.fromEntries(attempts)).toMatchObject({ plan: 2, push: 2, pr: 1 })

    expect(pushes().map((call) => call.split(' ').at(-1))).toEqual(['503', '200'])
    expect(commits()).toEqual(['feat: even numbers are even', 'first'])
    expect(hosted.git('show', `${BRANCH}:index.js`)).toBe(FIXED.trim())
    expect(hosted.git('diff', '--name-only', 'main', BRANCH)).toBe('dist/index.js\nindex.js')
    expect((await runs.files(done.id, 'build'))['changes.diff']).toMatch(
      /^diff --git a\/dist\/index.js b\/dist\/index.js\nnew file [^]*\n\+module.exports = \(n\) => !require/,
    )

    expect(repository.pulls).toMatchObject([{ title: `feat: ${BRANCH}`, head: BRANCH, base: 'main' }])
    expect(repository.pulls[0]?.body).toMatch(/^Plan: make even numbers even\.\n\nChecks: ✅ QA ✅ Tests/)
    await seesNoToken(done.id)
    await hearsTheEnd(done.id)
  })

  it('is audited: a fetch and a push, each with its repository and the rule that allows it', async () => {
    for (const action of ['egress.git.fetch', 'egress.git.push']) {
      const [row] = await database.audit((one) => one.action === action && one.outcome === 'ok')
      expect(row?.workspaceId).toMatch(/^r/)
      expect(row?.detail).toMatchObject({ rule: 'acme/*', target: `${github.apiUrl}/acme/parity.git` })
    }
  })
})

/** The pull request's commit: that the run goes on, and that it succeeded; nothing else, and nobody else. */
async function hearsTheEnd(id: string): Promise<void> {
  await expect.poll(() => repository.statuses.at(-1)?.state).toBe('success')
  const common = { sha: hosted.commits.of(BRANCH), context: 'chispart/feature-branch-ci' }
  const page = expect.stringMatching(new RegExp(`^http://localhost:\\d+/runs/${id}$`)) as string
  expect(repository.statuses).toEqual([
    { ...common, state: 'pending', description: 'Run #2 goes on.', target_url: page },
    {
      ...{ ...common, state: 'success', target_url: page },
      description: expect.stringMatching(/^Run #2 succeeded in (\d+ min )?\d+ s\.$/) as string,
    },
  ])
  const told = await database.audit(({ action }) => action === 'github.status')
  const target = `${github.apiUrl}/acme/parity.git@${common.sha}`
  expect(told).toMatchObject(told.map(() => ({ outcome: 'ok', userId: 'owner', detail: { target } })))
}

/** What a program found that looked for the token everywhere, and asked for what is not its own. */
async function seesNoToken(id: string): Promise<void> {
  const found = await runs.log(id, 'search')
  const [, planted, token, wire, others, direct] =
    /^planted\n([^]*)\ntoken\n([^]*)wire\n([^]*)\nothers\n([^]*)\ndirect\n([^]*)\nend\n$/.exec(found) ?? []
  expect(planted?.split('\n')).toEqual(
    expect.arrayContaining([expect.stringMatching(/^\/proc\/\d+\/environ$/), '/work/app/.git/config']),
  )
  expect(token).toBe('')
  expect(wire).toContain('refs/heads/main')
  expect(wire).toContain('git.chispart.internal')
  expect(wire).not.toMatch(/authorization|ghp_|Basic/i)
  expect(others).toContain('error: 403')
  expect(direct).toContain('unable to access')
  expect(git.calls.filter((call) => call.includes('secret'))).toEqual([])
  const kept = await database.sql`select * from audit`
  const events = await database.sql`select * from run_events`
  for (const text of [found, server.log.join('\n'), JSON.stringify([...kept, ...events])])
    expect(text).not.toMatch(/ghp_double|eC1hY2Nlc3MtdG9rZW46/)
}
