// Everything is killed while runs go on: the server, its workers, the runtimes of sandboxes and Postgres. Every run ends
// as it should, what must happen once happened once, its commit hears how it ended, and no log has a byte too many or too
// few.
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startGitHost } from '#e2e/double/git-host.ts'
import type { GitHost, HostedRepository } from '#e2e/double/git-host.ts'
import { DOUBLE_TOKEN, startGithub } from '#e2e/double/github.ts'
import type { DoubleRepository } from '#e2e/double/github-repository.ts'
import type { GithubDouble } from '#e2e/double/github.ts'
import { startOpenAi } from '#e2e/double/openai.ts'
import type { OpenAiDouble } from '#e2e/double/openai.ts'
import { firstProcess, namespaceOf, processesIn } from '#e2e/stage/sandbox.ts'
import { runsOverHttp } from '#e2e/stage/runs.ts'
import type { EndedRun } from '#e2e/stage/runs.ts'
import { startServer } from '#e2e/stage/server.ts'
import type { StagedServer } from '#e2e/stage/server.ts'
import { startStagedPostgres, startWorker } from '#e2e/stage/worker.ts'
import type { StagedPostgres, StagedWorker } from '#e2e/stage/worker.ts'

const KILLS = { worker: 24, runtime: 10, server: 8, postgres: 8 }
const SEED = Number(process.env['CHAOS_SEED'] ?? 20261124)
const ACTIVE = 4
const BRANCHES = 200
const LINES = 30
const AGAIN = 'retry: { attempts: 12, backoff: constant, delay_ms: 100 }'
const TEXT = `name: chaos
on:
  manual:
    inputs:
      n: { type: string, required: true }
      fails: { type: boolean, default: false }
steps:
  - { id: plan, uses: llm.chat, ${AGAIN}, with: { provider: blackbox, model: o3-mini, prompt: "Plan \${{ inputs.n }}" } }
  - { id: change, uses: file.write, ${AGAIN}, with: { path: "change.txt", content: "\${{ inputs.n }}" } }
  - { id: count, needs: [], uses: shell.exec, ${AGAIN}, with: { cmd: 'for n in $(seq ${LINES}); do echo line $n; sleep 0.05; done' } }
  - { id: commit, needs: change, uses: git.commit, ${AGAIN}, with: { message: "Change \${{ inputs.n }}", all: true } }
  - { id: push, uses: git.push, ${AGAIN} }
  - { id: pr, uses: github.pr.create, ${AGAIN}, with: { title: "Change \${{ inputs.n }}", body: "\${{ steps.plan.output }}" } }
  - { id: comment, uses: github.pr.comment, ${AGAIN}, with: { number: "\${{ steps.pr.output.number }}", body: "Done \${{ inputs.n }}" } }
  - { id: verdict, needs: [comment, count], if: "\${{ inputs.fails }}", uses: shell.exec, with: { cmd: "exit 3" } }
`

let folder: string
let git: GitHost
let hosted: HostedRepository
let github: GithubDouble
let repository: DoubleRepository
let models: OpenAiDouble
let postgres: StagedPostgres
let server: StagedServer
let env: Record<string, string>
let workers: StagedWorker[]
/** How each process ended that nobody killed. */
const crashes: string[] = []
/** Logs of those that were killed. */
const logs: (readonly string[])[] = []

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chaos-'))
  git = startGitHost(DOUBLE_TOKEN)
  github = await startGithub({ git })
  models = await startOpenAi({ answer: ({ messages }) => `A plan for ${JSON.stringify(messages.at(-1))}` })
  postgres = await startStagedPostgres()
  hosted = git.addRepository('acme/chaos', { 'change.txt': 'nothing yet\n' })
  for (let n = 1; n <= BRANCHES; n++) hosted.git('branch', `chaos-${n}`, 'main')
  repository = github.addRepository('acme/chaos', hosted.branches, hosted.commits)
  const egress = join(folder, 'egress.json')
  await writeFile(egress, JSON.stringify({ allow: [], git: ['acme/*'] }))
  env = {
    CHISPART_EGRESS: egress,
    GITHUB_TOKEN: github.token,
    GITHUB_API_URL: github.apiUrl,
    BLACKBOX_API_KEY: models.key,
    BLACKBOX_BASE_URL: models.baseUrl,
  }
  server = await startServer({ env: { ...env, POSTGRES_URL: postgres.url, WORKERS: '' } })
  workers = await Promise.all([0, 1].map(() => begin()))
})
afterAll(async () => {
  await Promise.all(workers.map((worker) => worker.stop('SIGKILL')))
  await server.close()
  await Promise.all([models.close(), github.close(), postgres.stop()])
  git.close()
  await rm(folder, { recursive: true })
})

async function begin(): Promise<StagedWorker> {
  const worker = await startWorker(server.dataDir, postgres.url, env)
  worker.process.once('exit', (code, signal) => {
    if (signal !== 'SIGKILL')
      crashes.push(`a worker ended with ${String(code)}:\n${worker.log.slice(-20).join('\n')}`)
  })
  return worker
}

const wounds = {
  async worker() {
    const at = random(workers.length)
    await workers[at]?.stop('SIGKILL')
    logs.push(workers[at]?.log ?? [])
    workers[at] = await begin()
  },
  async server() {
    if (server.process.exitCode !== null) crashes.push(`the server:\n${server.log.slice(-20).join('\n')}`)
    logs.push(server.log)
    server = await server.restart()
  },
  postgres: () => postgres.kill(),
  /** Of a sandbox that has one, and with it everything that runs in there. */
  async runtime() {
    const ids = await readdir(join(server.dataDir, 'fleet/sandboxes'))
    const firsts = await Promise.all(ids.map((id) => firstProcess(server.dataDir, id)))
    const running = firsts.flatMap((pid) => pid ?? [])
    const first = running[random(running.length)]
    const namespace = first === undefined ? undefined : await namespaceOf(first)
    for (const pid of namespace === undefined ? [] : await processesIn(namespace)) {
      const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
      if (command.startsWith('/opt/chispart/bin/node\0')) return process.kill(pid, 'SIGKILL')
    }
    return false
  },
}

let state = SEED
/** From 0 up to `below`: the same series for the same seed (Numerical Recipes' generator). */
function random(below: number): number {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
  return Math.floor((state / 2 ** 32) * below)
}

/** The deadly moments, shuffled. */
function deaths(): (keyof typeof wounds)[] {
  const all = Object.entries(KILLS).flatMap(([who, count]) => Array.from({ length: count }, () => who))
  for (let at = all.length - 1; at > 0; at--) {
    const other = random(at + 1)
    const [a = '', b = ''] = [all[at], all[other]]
    all[at] = b
    all[other] = a
  }
  return all as (keyof typeof wounds)[]
}

/** Asked until it answers: whoever answers may be dead. */
async function surely<T>(ask: () => Promise<T>): Promise<T> {
  for (const end = Date.now() + 60_000; ;) {
    try {
      return await ask()
    } catch (error) {
      if (Date.now() > end) throw error
      await pause(50)
    }
  }
}

let number = 0
/** A start whose answer was lost may have begun a run, so that each try has a branch of its own. */
const start = () =>
  surely(() => {
    number += 1
    const inputs = { n: String(number), fails: number % 5 === 0 }
    const repo = `${github.apiUrl}/acme/chaos.git`
    return runsOverHttp(server).start({ text: TEXT, repo, branch: `chaos-${number}`, inputs })
  })

interface Listed {
  readonly id: string
  readonly state: string
  readonly branch?: string
}

async function all(): Promise<Listed[]> {
  const headers = { authorization: `Bearer ${server.ownerToken}` }
  const found: Listed[] = []
  for (let cursor = ''; ;) {
    const answer = await fetch(`${server.url}/runs?limit=100${cursor}`, {
      headers,
      signal: AbortSignal.timeout(5000),
    })
    const { runs, next } = (await answer.json()) as { runs: Listed[]; next?: string }
    found.push(...runs)
    if (next === undefined) return found
    cursor = `&cursor=${encodeURIComponent(next)}`
  }
}

const isActive = ({ state }: Listed) => ['queued', 'running', 'waiting'].includes(state)
const active = async () => (await surely(all)).filter(isActive).length

/** Changes with every step that has ended. */
async function done(): Promise<string> {
  const runs = (await surely(all)).filter(isActive)
  const steps = await Promise.all(runs.map(({ id }) => surely(() => runsOverHttp(server).get(id))))
  return JSON.stringify(steps.map((run) => run.steps.filter(({ state }) => state === 'success').length))
}

it('runs end right while all that they stand on is killed fifty times', { timeout: 600_000 }, async () => {
  const began = performance.now()
  for (const who of deaths()) {
    const before = await done()
    while ((await active()) < ACTIVE) await start()
    // What is killed again and again before anything is done proves nothing.
    await expect.poll(done, { timeout: 60_000, interval: 50 }).not.toBe(before)
    // Any moment of a run is as good as another.
    await pause(random(700))
    await wounds[who]()
  }
  await expect.poll(active, { timeout: 120_000, interval: 200 }).toBe(0)
  const seconds = ((performance.now() - began) / 1000).toFixed(0)
  const runs = await surely(all)
  process.stdout.write(`${runs.length} runs, ${deaths().length} kills in ${seconds} s (CHAOS_SEED=${SEED})\n`)

  expect(crashes).toEqual([])
  const said = [...logs, server.log, ...workers.map(({ log }) => log)].flat()
  const broke = said.filter((line) => line.startsWith('{"level":50') && !line.includes('Failed query'))
  expect(broke).toEqual([])
  const ended = await Promise.all(runs.map(({ id }) => runsOverHttp(server).get(id)))
  expect(ended.map(story)).toEqual(
    ended.map((run) => ({
      branch: numberOf(run),
      state: isFailing(run) ? 'failed' : 'succeeded',
      steps: [],
    })),
  )
  for (const run of ended) await expectOnce(run)
})

const numberOf = (run: EndedRun) => Number((run as { branch?: string }).branch?.replace('chaos-', ''))
const isFailing = (run: EndedRun) => numberOf(run) % 5 === 0
/** What a failed expectation shows of a run. */
const story = (run: EndedRun) => ({
  branch: numberOf(run),
  state: run.state,
  steps: run.steps
    .filter(({ id, state }) => state !== 'success' && id !== 'verdict')
    .map(({ id, state, error }) => `${id} ${state} ${error?.message ?? ''}`),
})

async function expectOnce(run: EndedRun): Promise<void> {
  const n = numberOf(run)
  expect(hosted.git('log', '--format=%s', `main..chaos-${n}`).split('\n')).toEqual([`Change ${n}`])
  const pulls = repository.pulls.filter(({ head }) => head === `chaos-${n}`)
  expect(pulls.map(({ title }) => title)).toEqual([`Change ${n}`])
  const said = repository.comments.filter((comment) => comment.number === pulls[0]?.number)
  expect(said.map(({ body }) => body.split('\n')[0])).toEqual([`Done ${n}`])
  const paid = models.calls.filter(
    ({ question, charged }) => charged && question.messages.at(-1)?.content === `Plan ${n}`,
  )
  expect(paid.length).toBe(1)
  await expectHeard(`chaos-${n}`, isFailing(run) ? 'failure' : 'success')
  const lines = Array.from({ length: LINES }, (_, index) => `line ${index + 1}\n`).join('')
  expect(await runsOverHttp(server).log(run.id, 'count')).toBe(lines)
}

/** What a killed process was about to tell another one tells, once that one cannot be at it any more. */
async function expectHeard(branch: string, end: string): Promise<void> {
  const newest = hosted.commits.of(branch)
  const heard = () => repository.statuses.filter(({ sha }) => sha === newest).map(({ state }) => state)
  await expect.poll(() => heard().at(-1), { timeout: 40_000 }).toBe(end)
}
