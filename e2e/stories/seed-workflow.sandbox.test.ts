// plan → build → QA → tests → pull request, as the seed document wants it: a real sandbox, real npm, lint and tests; GitHub
// and the provider of models are doubles that check what they are sent. Source: seed document, example of the DSL.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startGithub } from '#e2e/double/github.ts'
import type { DoubleRepository, GithubDouble } from '#e2e/double/github.ts'
import { startOpenAi } from '#e2e/double/openai.ts'
import type { OpenAiDouble } from '#e2e/double/openai.ts'
import { connect } from '#e2e/stage/client.ts'
import type { Client } from '#e2e/stage/client.ts'
import { startServer } from '#e2e/stage/server.ts'
import type { StagedServer } from '#e2e/stage/server.ts'

const BRANCH = 'feature/parity'
const PACKAGE = JSON.stringify({
  name: 'parity',
  private: true,
  scripts: { build: 'node --check index.js', test: 'node --test' },
  dependencies: { 'is-odd': '3.0.1' },
})
const SOURCE = "module.exports = (n) => !require('is-odd')(n)"

/** A repository is made by the first step, where a run of a team would clone theirs. */
const workflow = (expected: boolean) => `name: feature-branch-ci
on: [manual]
policy:
  egress_allow: ["npm"]
  max_cost_usd: 2.50
  max_time_ms: 1800000
steps:
  - id: project
    uses: shell.exec
    env:
      PACKAGE: '${PACKAGE}'
      SOURCE: "${SOURCE}"
      TEST: "require('node:assert').equal(require('./index.js')(2), ${String(expected)})"
    with: { cmd: 'printf %s "$PACKAGE" > package.json && printf %s "$SOURCE" > index.js && printf %s "$TEST" > app.test.js && npm install --package-lock-only --silent' }
  - id: plan
    uses: llm.chat
    retry: { attempts: 3, backoff: constant, delay_ms: 10 }
    with: { provider: blackbox, model: o3-mini, prompt: "Resume issue y plan" }
  - id: build
    uses: shell.exec
    with: { cmd: "npm ci && npm run build", cwd: /work/app, pty: true, timeout: 900000 }
  - id: qa
    uses: qa.review
    with: { ruleset: strict }
  - id: tests
    uses: tests.run
    with: { framework: 'node:test', cwd: /work/app }
  - id: pr
    if: "\${{ steps.tests.ok && steps.qa.ok }}"
    uses: repo.pr.create
    with:
      repo: acme/parity
      title: "feat: \${context.branch}"
      body:  "\${{ steps.plan.output }}\\n\\nChecks: ✅ QA ✅ Tests"
`

interface Run {
  readonly run: { readonly state: string; readonly reason?: string; readonly costUsd: number }
  readonly steps: readonly { readonly id: string; readonly state: string; readonly attempts: number }[]
}

let github: GithubDouble
let models: OpenAiDouble
let repository: DoubleRepository
let server: StagedServer
let owner: Client

beforeAll(async () => {
  github = await startGithub()
  models = await startOpenAi({ answer: () => 'Plan: make even numbers even.' })
  repository = github.addRepository('acme/parity', () => ['main', BRANCH])
  server = await startServer({
    env: {
      GITHUB_TOKEN: github.token,
      GITHUB_API_URL: github.apiUrl,
      BLACKBOX_API_KEY: models.key,
      BLACKBOX_BASE_URL: models.baseUrl,
    },
  })
  owner = await connect(server.url, server.ownerToken)
})
afterAll(async () => {
  await owner.close()
  await server.close()
  await models.close()
  await github.close()
})

async function finished(text: string): Promise<Run> {
  const { run } = (await owner.call('run.start', { text, branch: BRANCH })) as unknown as {
    run: { id: string }
  }
  await owner.call('run.watch', { run: run.id })
  return (await owner.call('run.get', { run: run.id })) as unknown as Run
}

const statesOf = ({ steps }: Run) => Object.fromEntries(steps.map(({ id, state }) => [id, state]))

describe('the workflow of the seed', () => {
  it('opens one pull request whose body is as the seed says, after a retry of what failed once', async () => {
    models.failNext({ status: 503 })
    const done = await finished(workflow(true))
    expect(statesOf(done)).toEqual({
      project: 'success',
      plan: 'success',
      build: 'success',
      qa: 'success',
      tests: 'success',
      pr: 'success',
    })
    expect(done.run.state).toBe('succeeded')
    expect(done.steps.find(({ id }) => id === 'plan')?.attempts).toBe(2)
    expect(models.calls.filter(({ charged }) => charged)).toHaveLength(1)
    expect(repository.pulls).toHaveLength(1)
    expect(repository.pulls[0]).toMatchObject({ title: `feat: ${BRANCH}`, head: BRANCH, base: 'main' })
    expect(repository.pulls[0]?.body).toMatch(/^Plan: make even numbers even\.\n\nChecks: ✅ QA ✅ Tests/)
  })

  it('opens none when a test fails, and says which step failed', async () => {
    const done = await finished(workflow(false))
    expect(statesOf(done)).toMatchObject({ build: 'success', tests: 'failure', pr: 'skipped' })
    expect(done.run).toMatchObject({
      state: 'failed',
      reason: expect.stringMatching(/^tests failed/) as string,
    })
    expect(repository.pulls).toHaveLength(1)
  })
})
