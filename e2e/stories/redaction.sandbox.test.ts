// Secrets that a run gets hold of and says, in every way that it has: a mark stands in their place in its log while it grows and
// afterwards, in its recording, artifacts, outputs and events, in what a model is asked, and in the database.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { startOpenAi } from '#e2e/double/openai.ts'
import type { OpenAiDouble } from '#e2e/double/openai.ts'
import { connect } from '#e2e/stage/client.ts'
import { openDatabase } from '#e2e/stage/database.ts'
import type { Database } from '#e2e/stage/database.ts'
import { runsOverHttp, statesOf } from '#e2e/stage/runs.ts'
import type { EndedRun, RunsOverHttp } from '#e2e/stage/runs.ts'
import { formsIn, tablesWith } from '#e2e/stage/search.ts'
import { startServer } from '#e2e/stage/server.ts'
import type { StagedServer } from '#e2e/stage/server.ts'

const GITHUB = 'ghp_0aB1cD2eF3gH4iJ5kL6mN7oP8qR9sT'
const REGISTRY = 'npm_9tS8rQ7pO6nM5lK4jI3hG2fE1dC0bA'
const SECRETS = [GITHUB, REGISTRY]
const GITHUB_MARK = '***[GITHUB_TOKEN]***'.padEnd(GITHUB.length, '*')

/** Halves, so that no file of the run has it before a step does. */
const halves = (secret: string) => [secret.slice(0, 13), secret.slice(13)] as const
const [A, B] = halves(GITHUB)
const [C, D] = halves(REGISTRY)
const saying = [
  `t='${A}''${B}'; r='${C}''${D}'`,
  'echo "plain $t and $r."',
  'printf %s "user:$t" | base64 -w 20',
  String.raw`printf '\033[31m%s\033[1m%s\033[0m\n' '${A}' '${B}'`,
  String.raw`printf '%s' '${A}'; until [ -e go ]; do read -t 0.05 <> <(:); done; printf '%s\n' '${B}'`,
].join('\n')

const WORKFLOW = `name: tells
on: manual
steps:
  - { id: tell, uses: shell.exec, with: { cmd: ${JSON.stringify(saying)}, pty: true } }
  - id: leave
    uses: shell.exec
    needs: []
    with: { cmd: "printf '%s' '${A}' '${B}' > t.txt; printf '%s%s' '${C}' '${D}'" }
    artifacts: [t.txt]
    outputs: { said: "\${{ steps.leave.output }}" }
  - id: ask
    uses: llm.chat
    needs: leave
    with: { provider: blackbox, model: o3-mini, prompt: "\${{ format('{0}{1}', '${C}', '${D}') }} \${{ steps.leave.outputs.said }}" }
  - { id: fail, uses: file.read, needs: ask, with: { path: "\${{ format('{0}{1}', '${A}', '${B}') }}" } }
`

let folder: string
let models: OpenAiDouble
let server: StagedServer
let database: Database
let runs: RunsOverHttp
let run: string
let ended: EndedRun
let whileItRan = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'redaction-'))
  models = await startOpenAi({ answer: ({ messages }) => `You said ${messages.at(-1)?.content}` })
  await writeFile(join(folder, 'allowlist.json'), JSON.stringify({ libre: ['*'] }))
  server = await startServer({
    env: {
      CHISPART_ALLOWLIST: join(folder, 'allowlist.json'),
      CHISPART_LOG_LEVEL: 'debug',
      GITHUB_TOKEN: GITHUB,
      BLACKBOX_API_KEY: models.key,
      BLACKBOX_BASE_URL: models.baseUrl,
    },
  })
  const owner = await connect(server.url, server.ownerToken)
  const kept = { address: 'https://npm.acme.test/team/', secret: REGISTRY }
  expect(await owner.call('credential.set', kept)).toMatchObject({ ok: true })
  database = await openDatabase(server.dataDir)
  runs = runsOverHttp(server)
  run = await runs.start({ text: WORKFLOW })
  await vi.waitFor(async () => {
    whileItRan = await runs.log(run, 'tell')
    expect(whileItRan).toContain('\x1b[0m')
  }, 30_000)
  const { workspace } = await runs.get(run)
  await owner.call('exec', { workspace, cmd: 'touch go' })
  await runs.follow(run)
  ended = await runs.get(run)
  await owner.close()
}, 120_000)
afterAll(async () => {
  await database.close()
  await server.close()
  await models.close()
  await rm(folder, { recursive: true })
})

function expectNone(text: string): void {
  const bytes = Buffer.from(text)
  for (const secret of SECRETS)
    for (const form of formsIn(secret, 'user')) expect(bytes.includes(form), form.toString()).toBe(false)
}

it('says them all', () => {
  expect(statesOf(ended)).toEqual({ tell: 'success', leave: 'success', ask: 'success', fail: 'failure' })
})

it('shows marks of their length in its log, while it grows and when it is whole', async () => {
  const log = await runs.log(run, 'tell')
  for (const text of [whileItRan, log]) {
    expectNone(text)
    expect(text).toContain(`plain ${GITHUB_MARK} and ***[`)
    expect(text).toContain(`\x1b[31m${GITHUB_MARK.slice(0, 13)}\x1b[1m${GITHUB_MARK.slice(13)}\x1b[0m`)
  }
  expect(whileItRan).not.toContain(A)
  expect(log.trimEnd().endsWith(GITHUB_MARK)).toBe(true)
  // A line of base64 may keep what its neighbours have a part in.
  expect(log.replaceAll(/\s/g, '')).not.toContain(Buffer.from(GITHUB).toString('base64').slice(8, 24))
})

it('has none in its recording, its artifacts, its outputs, its faults and its events', async () => {
  const files = await runs.files(run)
  const [recording] = Object.entries(files).flatMap(([name, text]) => (name.endsWith('.cast') ? [text] : []))
  expectNone(Object.values(files).join('\n'))
  expect(recording).toContain('GITHUB_TOKEN')
  expect(files['t.txt']).toBe(GITHUB_MARK)
  expectNone(JSON.stringify(ended))
  const [fail] = ended.steps.filter(({ id }) => id === 'fail')
  expect(JSON.stringify(fail)).toContain(GITHUB_MARK)
})

it('asks no model with one of them, and the fingerprint is that which its owner sees', async () => {
  const [call] = models.calls
  expectNone(JSON.stringify(call))
  const owner = await connect(server.url, server.ownerToken)
  const { credentials } = await owner.call('credential.list')
  const [{ fingerprint }] = credentials as [{ fingerprint: string }]
  const mark = `***[${fingerprint}]***`.padEnd(REGISTRY.length, '*')
  expect(call?.question.messages.at(-1)?.content).toBe(`${mark} ${mark}`)
  await owner.close()
})

it('leaves none in the database and in the log of the server', async () => {
  for (const secret of SECRETS) expect(await tablesWith(database, formsIn(secret, 'user'))).toEqual([])
  expectNone(server.log.join('\n'))
})
