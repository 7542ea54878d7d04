// Every example in workflows/ to its end, over plain HTTP: the ones of the gallery by their names, those of the two
// example repositories in a clone of them, from a real git host that wants a token.
import { readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { filesBelow, startGitHost } from '#e2e/double/git-host.ts'
import type { GitHost } from '#e2e/double/git-host.ts'
import { DOUBLE_TOKEN, startGithub } from '#e2e/double/github.ts'
import type { DoubleRepository } from '#e2e/double/github-repository.ts'
import type { GithubDouble } from '#e2e/double/github.ts'
import { startOpenAi } from '#e2e/double/openai.ts'
import type { OpenAiDouble } from '#e2e/double/openai.ts'
import { ROOT } from '#e2e/stage/command.ts'
import { lockfileOf } from '#e2e/stage/lockfile.ts'
import { runsOverHttp, statesOf } from '#e2e/stage/runs.ts'
import type { RunsOverHttp } from '#e2e/stage/runs.ts'
import { startServer } from '#e2e/stage/server.ts'
import type { StagedServer } from '#e2e/stage/server.ts'

const FOLDER = join(ROOT, 'workflows')
const GALLERY = ['approval', 'feature-branch-ci', 'hello', 'matrix', 'nightly']
const REPOSITORIES = ['node', 'python']
/** What the seed's workflow wants of a repository: npm ci, a build, and tests by Jest. */
const PROJECT = {
  'package.json': JSON.stringify({
    name: 'parity',
    private: true,
    scripts: { build: 'node --check index.js', test: 'jest' },
    devDependencies: { jest: '30.5.2' },
  }),
  'index.js': 'module.exports = (n) => n % 2 === 0\n',
  'parity.test.js': "test('two is even', () => expect(require('./index.js')(2)).toBe(true))\n",
}

let folder: string
let git: GitHost
let github: GithubDouble
let models: OpenAiDouble
let project: DoubleRepository
let server: StagedServer
let runs: RunsOverHttp

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'examples-'))
  git = startGitHost(DOUBLE_TOKEN)
  github = await startGithub({ git })
  models = await startOpenAi({ answer: () => 'Plan: nothing is left to do.' })
  for (const name of REPOSITORIES) git.addRepository(`acme/${name}`, filesBelow(join(FOLDER, name)))
  const egress = join(folder, 'egress.json')
  await writeFile(egress, JSON.stringify({ allow: ['npm'], git: ['acme/*'] }))
  server = await startServer({
    env: {
      CHISPART_EGRESS: egress,
      GITHUB_TOKEN: github.token,
      GITHUB_API_URL: github.apiUrl,
      BLACKBOX_API_KEY: models.key,
      BLACKBOX_BASE_URL: models.baseUrl,
    },
  })
  runs = runsOverHttp(server)
  const lockfile = await lockfileOf(server, PROJECT['package.json'])
  const hosted = git.addRepository('acme/parity', { ...PROJECT, 'package-lock.json': lockfile })
  hosted.git('branch', 'feature/parity', 'main')
  project = github.addRepository('acme/parity', hosted.branches)
})
afterAll(async () => {
  await server.close()
  await models.close()
  await github.close()
  git.close()
  await rm(folder, { recursive: true })
})

const at = (name: string) => `${github.apiUrl}/acme/${name}.git`

it('there is no other example', () => {
  const names = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.yaml'),
  )
  expect(names.sort()).toEqual(
    [...GALLERY.map((name) => `${name}.yaml`), ...REPOSITORIES.map((name) => `${name}/ci.yaml`)].sort(),
  )
})

describe('the example', () => {
  it('hello greets', async () => {
    const done = await runs.ended({ workflow: 'hello' })
    expect([done.state, statesOf(done)]).toEqual(['succeeded', { greet: 'success' }])
    expect(await runs.log(done.id, 'greet')).toBe('Hello from Chispart\n')
  })

  it('matrix checks every combination of a list that a step made, and names them', async () => {
    const done = await runs.ended({ workflow: 'matrix' })
    expect([done.state, done.reason]).toEqual(['succeeded', undefined])
    const checks = done.steps.filter(({ id }) => id.startsWith('check['))
    expect(checks.map(({ output }) => output).sort()).toEqual([
      'large on debian',
      'small on alpine',
      'small on debian',
    ])
    expect(await runs.log(done.id, 'summary')).toBe('Checked small-debian, small-alpine, large-debian\n')
  })

  it('approval releases nothing before a person says yes', async () => {
    const run = await runs.start({ workflow: 'approval', inputs: { version: '2.0.0' } })
    await runs.follow(run, ({ step }) => step?.id === 'gate' && step.state === 'approval')
    expect(statesOf(await runs.get(run))).toMatchObject({
      build: 'success',
      gate: 'approval',
      release: 'pending',
    })
    await runs.approve(run, 'gate')
    await runs.follow(run)
    expect((await runs.get(run)).state).toBe('succeeded')
    expect(await runs.log(run, 'release')).toBe('Released 2.0.0\n')
    expect(await runs.files(run)).toEqual({ 'release.txt': 'Version 2.0.0\n' })
  })

  it('nightly keeps its report, and raises no alarm', async () => {
    const done = await runs.ended({ workflow: 'nightly' })
    expect([done.state, statesOf(done)]).toEqual(['succeeded', { report: 'success', alarm: 'skipped' }])
    expect((await runs.files(done.id))['report']).toMatch(/^Filesystem.*\n.* \/work\n$/)
  })

  it('feature-branch-ci opens a pull request after build, review and tests by Jest', async () => {
    const done = await runs.ended({
      workflow: 'feature-branch-ci',
      repo: at('parity'),
      branch: 'feature/parity',
    })
    const success = { plan: 'success', build: 'success', qa: 'success', tests: 'success', pr: 'success' }
    expect([statesOf(done), done.state, done.reason]).toEqual([success, 'succeeded', undefined])
    expect(done.steps.find(({ id }) => id === 'tests')?.output).toMatchObject({
      framework: 'jest',
      passed: 1,
      failed: 0,
    })
    const [pull] = project.pulls
    expect(pull).toMatchObject({ title: 'feat: feature/parity', head: 'feature/parity', base: 'main' })
    expect(pull?.body).toMatch(/^Plan: nothing is left to do\.\n\nChecks: ✅ QA ✅ Tests/)
  }, 120_000)
})

describe('the example repository', () => {
  const text = (name: string) => readFileSync(join(FOLDER, name, 'ci.yaml'), 'utf8')

  it('for Node is cloned, built and tested, and its build is kept', async () => {
    const done = await runs.ended({ text: text('node'), repo: at('node') })
    expect([statesOf(done), done.state]).toEqual([
      { build: 'success', qa: 'success', tests: 'success' },
      'succeeded',
    ])
    expect(done.steps.find(({ id }) => id === 'tests')?.output).toMatchObject({
      framework: 'node:test',
      passed: 3,
    })
    const files = await runs.files(done.id)
    expect(files['dist/slug.js']).toBe(readFileSync(join(FOLDER, 'node/src/slug.js'), 'utf8'))
    expect(files['junit']).toContain('<testcase')
  })

  it('for Python is cloned, compiled and tested, without a network', async () => {
    const done = await runs.ended({ text: text('python'), repo: at('python') })
    expect([statesOf(done), done.state]).toEqual([{ compile: 'success', tests: 'success' }, 'succeeded'])
    expect(await runs.log(done.id, 'tests')).toMatch(/Ran 2 tests in .*\n\nOK\n/)
  })

  it('is cloned with the token only: the git host turns everybody else away', async () => {
    expect(git.calls.filter((call) => call.includes('acme/node'))).not.toEqual([])
    expect(git.calls.filter((call) => !call.endsWith(' 200'))).toEqual([])
    expect((await fetch(`${at('node')}/info/refs?service=git-upload-pack`)).status).toBe(401)
  })
})
