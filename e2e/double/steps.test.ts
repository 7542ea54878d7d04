// Steps that ask a model and GitHub, by the step runner and its road: filled by their run, and with one effect each.
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { pino } from 'pino'
import { CATALOG } from '#dsl/catalog.ts'
import { parseWorkflow } from '#dsl/workflow/parse.ts'
import { stepKinds } from '#dsl/workflow/step-kind.ts'
import { OWNER, openTestArtifacts } from '#server/artifacts/test-artifacts.ts'
import type { TestArtifacts } from '#server/artifacts/test-artifacts.ts'
import { createDispatch } from '#server/dispatch.ts'
import { githubPower } from '#server/powers/github.ts'
import { estimateBy } from '#server/llm/estimate.ts'
import { llmPower } from '#server/powers/llm.ts'
import type { StepCall, StepEnd } from '#server/workflow/step-runner.ts'
import { createStepRunner } from '#server/workflow/steps/step-runner.ts'
import { withinBudget } from '#server/workflow/steps/within-budget.ts'
import { startGithub } from './github.ts'
import type { DoubleRepository } from './github-repository.ts'
import type { GithubDouble } from './github.ts'
import { startOpenAi } from './openai.ts'
import type { OpenAiDouble } from './openai.ts'

const kinds = stepKinds(CATALOG)
const absent = new Proxy({}, { get: (_, name) => () => Promise.reject(new Error(`no ${String(name)} here`)) })
let llm: OpenAiDouble
let github: GithubDouble
let repository: DoubleRepository
let artifacts: TestArtifacts
let id = ''
let runs = 0

beforeEach(async () => {
  id = `r${++runs}`
  llm = await startOpenAi({ answer: () => 'First this, then that.' })
  github = await startGithub()
  repository = github.addRepository('octo/app', () => ['main', 'feat/x'])
})
afterEach(() => Promise.all([llm.close(), github.close()]))
beforeAll(async () => {
  artifacts = await openTestArtifacts()
})
afterAll(() => artifacts.close())

function callOf(yaml: string, attempt = 1, steps: Record<string, unknown> = {}, head = ''): StepCall {
  const { workflow, problems } = parseWorkflow(`name: w\n${head}steps:\n${yaml}`, kinds)
  const step = workflow?.steps.at(-1)
  if (workflow === undefined || step === undefined) throw new Error(JSON.stringify(problems))
  const facts = { id, owner: OWNER, plan: 'libre', name: 'w', number: 1, workflow }
  const run = { ...facts, repo: `${github.apiUrl}/octo/app.git`, branch: 'feat/x' }
  const scope = { names: { context: { branch: 'feat/x' }, github: {}, inputs: {}, matrix: {}, steps } }
  return { run, step, instance: step.id, attempt, scope, key: `${id}/${step.id}/${attempt}` } as StepCall
}

function run(call: StepCall): Promise<StepEnd> {
  const log = pino({ level: 'silent' })
  const prices = { 'o3-mini': { input: 1_000_000, output: 1_000_000 } }
  const budget = withinBudget(artifacts.store, estimateBy(prices, undefined))
  const providers = [{ name: 'blackbox', baseUrl: llm.baseUrl, key: llm.key }]
  const powers = {
    llm: llmPower({ providers, model: undefined }, prices),
    github: githubPower({ apiUrl: github.apiUrl, token: github.token }),
  }
  const dispatch = createDispatch({
    fleet: absent as never,
    mux: absent as never,
    allowlist: { libre: ['*'] },
    audit: { record: () => undefined, close: () => Promise.resolve() },
    log,
    powers: () => powers,
  })
  const none = { workspaces: absent as never, caches: absent as never }
  const parts = { ...none, dispatch, withinBudget: budget, keeper: artifacts.keeper, kinds, log }
  const { redactor } = artifacts
  const learn = () => Promise.resolve()
  const runner = createStepRunner({ ...parts, redactor, learn, origin: 'http://localhost:3000' })
  return runner.run(call, AbortSignal.timeout(20_000), () => undefined)
}

const PLAN = '  - { id: plan, uses: llm.chat, with: { provider: blackbox, model: o3-mini, prompt: Plan } }'
const PR = `  - id: plan
    uses: llm.chat
    with: { provider: blackbox, model: o3-mini, prompt: Plan }
  - id: pr
    uses: repo.pr.create
    with:
      title: "feat: \${context.branch}"
      body: "\${{ steps.plan.output }}\\n\\nChecks: ✅ QA ✅ Tests"`
const PLANNED = { plan: { ok: true, output: 'First this, then that.', outputs: {}, outcome: 'success' } }

it('a model’s text is the output of its step and its log, and what it cost is told', async () => {
  expect(await run(callOf(PLAN))).toMatchObject({ ok: true, output: 'First this, then that.', costUsd: 5 })
  const page = await artifacts.mine.log(id, 'plan', { offset: 0 })
  expect(page.text).toBe('First this, then that.')
})

it('a second delivery of the attempt is neither charged nor logged twice; a second attempt is charged', async () => {
  await run(callOf(PLAN))
  await run(callOf(PLAN))
  await run(callOf(PLAN, 2))
  expect(llm.calls.map(({ charged }) => charged)).toEqual([true, false, true])
  const page = await artifacts.mine.log(id, 'plan', { attempt: 1, offset: 0 })
  expect(page.text).toBe('First this, then that.')
})

it('the pull request of the run has the plan and the checks in its body, and one mark at its end', async () => {
  const end = await run(callOf(PR, 1, PLANNED))
  expect(end).toMatchObject({ ok: true, output: { repo: 'octo/app', number: 1, result: 'created' } })
  expect(repository.pulls).toMatchObject([
    {
      title: 'feat: feat/x',
      head: 'feat/x',
      base: 'main',
      body: `First this, then that.\n\nChecks: ✅ QA ✅ Tests\n\n<!-- chispart:${id}/pr -->`,
    },
  ])
})

it('an attempt after a lost answer finds what the first has made', async () => {
  github.failNext('pulls/create', { lost: true })
  expect(await run(callOf(PR, 1, PLANNED))).toMatchObject({ ok: false, failure: { fault: 'unavailable' } })
  expect(await run(callOf(PR, 2, PLANNED))).toMatchObject({
    ok: true,
    output: { number: 1, result: 'found' },
  })
  const comment = '  - { id: say, uses: repo.pr.comment, with: { number: 1, body: Done } }'
  github.failNext('issues/create-comment', { lost: true })
  expect(await run(callOf(comment))).toMatchObject({ ok: false })
  expect(await run(callOf(comment, 2))).toMatchObject({ ok: true })
  expect(repository.comments).toHaveLength(1)
})

it('what a step says itself is never spoken over by its run', async () => {
  github.addRepository('octo/other', () => ['main', 'fix'])
  const own =
    '  - { id: pr, uses: github.pr.create, with: { repo: octo/other, head: fix, title: t, once: mine } }'
  expect(await run(callOf(own))).toMatchObject({ ok: true, output: { repo: 'octo/other' } })
  expect(repository.pulls).toEqual([])
})

it('a question that would pass the budget of its run is not asked, and says what would make it right', async () => {
  const { store } = artifacts
  await store.db.$client`insert into users (id, name, role, plan) values (${OWNER}, 'Ana', 'owner', 'libre')
    on conflict do nothing`
  await store.db
    .$client`insert into runs (id, owner_id, plan, number, workflow, state, trigger, source, file, model, inputs)
    values (${id}, ${OWNER}, 'libre', ${runs}, 'w', 'running', 'manual', '', 'w.yaml', '{}', '{}')`
  const asks = (tokens: number) => PLAN.replace('prompt:', `max_tokens: ${tokens}, prompt:`)
  const within = (yaml: string) => callOf(yaml, 1, {}, 'policy: { max_cost_usd: 100 }\n')
  const refused = await run(within(asks(70)))
  expect(refused).toMatchObject({ ok: false, failure: { fault: 'exhausted' }, costUsd: 0 })
  expect('error' in refused && refused.error.message).toMatch(
    /could cost \$106\.00 .*of its \$100\.00 left.*max_cost_usd/,
  )
  expect(llm.calls).toEqual([])
  expect(await run(within(asks(60)))).toMatchObject({ ok: true, costUsd: 5 })
})
