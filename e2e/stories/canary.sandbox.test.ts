// Four secrets that a run works with and never sees: a push, an install from a private registry of npm and one of Python, and
// a question to a model. Afterwards they are looked for wherever something of the run may be, and so is a text that was
// planted there, which is found in every place: the search can fail.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startGitHost } from '#e2e/double/git-host.ts'
import type { GitHost, HostedRepository } from '#e2e/double/git-host.ts'
import { DOUBLE_TOKEN, startGithub } from '#e2e/double/github.ts'
import type { GithubDouble } from '#e2e/double/github.ts'
import { startOpenAi } from '#e2e/double/openai.ts'
import type { OpenAiDouble } from '#e2e/double/openai.ts'
import { connect } from '#e2e/stage/client.ts'
import type { Client } from '#e2e/stage/client.ts'
import { openDatabase } from '#e2e/stage/database.ts'
import type { Database } from '#e2e/stage/database.ts'
import { withHosts } from '#e2e/stage/hosts.ts'
import { runsOverHttp, statesOf } from '#e2e/stage/runs.ts'
import type { EndedRun, RunsOverHttp } from '#e2e/stage/runs.ts'
import { expressionOf, filesWith, formsIn, tablesWith } from '#e2e/stage/search.ts'
import { startServer } from '#e2e/stage/server.ts'
import type { StagedServer } from '#e2e/stage/server.ts'
import { makeCertificate } from '#server/egress/test-certificate.ts'
import { startRegistry } from '#server/egress/test-registry.ts'
import type { Registry } from '#server/egress/test-registry.ts'

const NPM_TOKEN = 'npm_canary-of-the-registry-0123456789'
const PIP_PASSWORD = 'canary-of-the-index-0123456789'
const MODEL_KEY = 'sk-canary-of-the-models-0123456789'
const SECRETS = { git: DOUBLE_TOKEN, npm: NPM_TOKEN, pip: PIP_PASSWORD, model: MODEL_KEY }
/** Is no secret, and is everywhere. */
const PLANTED = 'canary-that-was-planted-0123456789'
/** Small: every byte of its disk is read. */
const PLANS = { libre: { cpus: 2, memoryMiB: 2048, diskMiB: 256, pids: 512 } }

const workflow = (pip: string) => `name: canary
on: { manual: { inputs: { note: { description: What is planted, required: true } } } }
steps:
  - { id: model, uses: llm.chat, with: { provider: blackbox, model: o3-mini, prompt: "\${{ inputs.note }}" } }
  - { id: npm, uses: shell.exec, with: { cmd: "npm install && npm ci && node -p 'require(\\"@acme/widget\\")'", pty: true } }
  - { id: pip, uses: shell.exec, with: { cmd: ${JSON.stringify(pip)} } }
  - { id: change, uses: file.write, with: { path: note.txt, content: "\${{ inputs.note }}" } }
  - { id: commit, uses: git.commit, with: { message: planted, all: true } }
  - { id: push, uses: git.push }
  - { id: leave, uses: shell.exec, with: { cmd: "env; cat note.txt; exit 1", pty: true }, artifacts: [note.txt] }
`

let folder: string
let git: GitHost
let hosted: HostedRepository
let github: GithubDouble
let models: OpenAiDouble
let registry: Registry
let server: StagedServer
let owner: Client
let database: Database
let runs: RunsOverHttp
let done: EndedRun

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'canary-'))
  const certificate = makeCertificate('localhost', 'acme.test')
  git = startGitHost(DOUBLE_TOKEN)
  github = await startGithub({ certificate, git })
  models = await startOpenAi({ key: MODEL_KEY, answer: () => 'a plan' })
  registry = await startRegistry({
    ...{ certificate, host: 'acme.test', npm: NPM_TOKEN, pip: ['ci', PIP_PASSWORD] },
  })
  const file = async (name: string, content: unknown) => {
    const path = join(folder, name)
    await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content))
    return path
  }
  server = await startServer({
    before: withHosts({ 'acme.test': registry.address }),
    env: {
      CHISPART_EGRESS: await file('egress.json', {
        ...{ allow: ['npm', 'pypi'], trusted: [`acme.test:${registry.port}`], git: ['acme/*'] },
      }),
      CHISPART_PLANS: await file('plans.json', PLANS),
      CHISPART_ALLOWLIST: await file('allowlist.json', { libre: ['*'] }),
      CHISPART_LOG_LEVEL: 'debug',
      NODE_EXTRA_CA_CERTS: await file('authority.pem', certificate.cert),
      GITHUB_TOKEN: DOUBLE_TOKEN,
      GITHUB_API_URL: github.apiUrl,
      BLACKBOX_API_KEY: MODEL_KEY,
      BLACKBOX_BASE_URL: models.baseUrl,
    },
  })
  owner = await connect(server.url, server.ownerToken)
  database = await openDatabase(server.dataDir)
  runs = runsOverHttp(server)
  await keepCredentials()
  done = await runAll()
}, 180_000)
afterAll(async () => {
  await owner.close()
  await database.close()
  await server.close()
  await registry.close()
  await models.close()
  await github.close()
  git.close()
  await rm(folder, { recursive: true })
})

const at = () => `https://acme.test:${registry.port}`

async function keepCredentials(): Promise<void> {
  const kept = [
    { address: `${at()}/npm/`, secret: NPM_TOKEN },
    { address: `${at()}/pip/`, secret: PIP_PASSWORD, username: 'ci' },
  ]
  for (const input of kept) {
    const answer = await owner.call('credential.set', input)
    expect(answer).toMatchObject({ ok: true })
    expect(JSON.stringify(answer)).not.toContain(input.secret)
  }
}

async function runAll(): Promise<EndedRun> {
  hosted = git.addRepository('acme/app', {
    '.npmrc': `@acme:registry=${at()}/npm/\n`,
    '.gitignore': 'node_modules\ntools\n',
    'package.json': JSON.stringify({ name: 'app', private: true, dependencies: { '@acme/widget': '1.0.0' } }),
  })
  const { exitCode } = await owner.call('exec', { cmd: 'python3 -m pip --version' })
  const repo = `${github.apiUrl}/acme/app.git`
  return runs.ended({
    text: workflow(exitCode === 0 ? withPip() : withoutPip()),
    repo,
    inputs: { note: PLANTED },
  })
}

const withPip = () =>
  `python3 -m pip install --quiet --target tools --index-url ${at()}/pip/simple acme-tool && ` +
  `PYTHONPATH=tools python3 -c 'import acme_tool; print(acme_tool.what)'`
/** Where there is no pip, the index is read as it would. */
const withoutPip = () =>
  `node -e 'fetch("${at()}/pip/simple/acme-tool/").then((r) => console.log(r.ok && "a tool of acme"))'`

/** What a shell in the workspace of the run says, both outputs together. */
async function shell(cmd: string): Promise<string> {
  const { events } = await owner.call('exec', { workspace: done.workspace, cmd: `{ ${cmd}; } 2>&1` })
  return (events as { data: string }[]).map(({ data }) => data).join('')
}

describe('a run that pushes, installs and asks a model', () => {
  it('does all of it, with secrets that it does not have', async () => {
    expect(statesOf(done)).toEqual({
      ...{ model: 'success', npm: 'success', pip: 'success' },
      ...{ change: 'success', commit: 'success', push: 'success', leave: 'failure' },
    })
    expect(await runs.log(done.id, 'npm')).toContain('a widget of acme')
    expect(await runs.log(done.id, 'pip')).toContain('a tool of acme')
    expect(hosted.git('show', 'main:note.txt')).toBe(PLANTED)
    expect(models.calls).toHaveLength(1)
    const used = ['/npm/', '/pip/'].map((path) => registry.calls.some((call) => call.includes(` ${path}`)))
    expect([used, registry.calls.filter((call) => !call.endsWith(' 200'))]).toEqual([[true, true], []])
    expect(git.calls.some((call) => /receive-pack 200$/.test(call))).toBe(true)
  })

  it('is told of each way out by which it went', async () => {
    const { egress } = await owner.call('run.get', { run: done.id })
    const ways = (egress as { kind: string; outcome: string; rule: string; steps: string[] }[]).map(
      ({ kind, outcome, rule, steps }) => `${outcome} ${kind} ${rule} ${steps.join()}`,
    )
    expect(ways).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^allowed git\.fetch acme\/\*/),
        `allowed registry ${at()}/npm/ npm`,
        `allowed registry ${at()}/pip/ pip`,
        'allowed git.push acme/* push',
      ]),
    )
    expect(ways.filter((way) => !way.startsWith('allowed'))).toEqual([])
  })

  it.each(Object.entries(SECRETS))('leaves nothing of the secret of %s inside', async (_, secret) => {
    expect(await foundInside(secret)).toEqual([])
  })

  it('leaves what was planted in every place inside', async () => {
    const found = await foundInside(PLANTED)
    expect(found).toEqual(
      expect.arrayContaining([
        ...['environment', '/work/app/note.txt', '/home/agent/planted', '/tmp/planted', '/dev/shm/planted'],
        ...[expect.stringMatching(/^\/proc\/\d+\/environ$/), expect.stringMatching(/^\/proc\/\d+\/cmdline$/)],
        'terminal',
      ]),
    )
  })

  it('leaves nothing of a secret outside, and what was planted in every place', async () => {
    // The server's log is one of them: at that level it repeats what its database complains of.
    await database.sql`select ${PLANTED}::text::int`.catch(() => undefined)
    await expect.poll(() => server.log.join('\n')).toContain(PLANTED)
    await shell('sync')
    await owner.call('workspace.stop', { workspace: done.workspace })
    const found = await foundOutside(PLANTED, undefined)
    expect(found).toEqual({
      directory: {
        disk: true,
        database: true,
        artifacts: true,
      },
      tables: expect.arrayContaining(['public.runs', 'public.run_steps', 'public.run_events']) as unknown,
      log: true,
      logs: ['leave'],
      files: expect.arrayContaining(['note.txt', expect.stringMatching(/\.cast$/)]) as unknown,
    })
    for (const [name, secret] of Object.entries(SECRETS))
      expect([name, await foundOutside(secret, name === 'pip' ? 'ci' : undefined)]).toEqual([
        name,
        { directory: {}, tables: [], log: false, logs: [], files: [] },
      ])
  })
})

/** Names of places, and files, in which the shell of a person finds one of its forms. */
async function foundInside(text: string): Promise<string[]> {
  const expression = expressionOf(formsIn(text, text === PIP_PASSWORD ? 'ci' : undefined))
  await owner.call('file.write', { workspace: done.workspace, path: '.search', content: expression })
  const places = '/work /home /tmp /dev/shm /etc /run /var /proc/[0-9]*/environ /proc/[0-9]*/cmdline'
  const plant = ['/home/agent', '/tmp', '/dev/shm'].map((path) => `echo ${PLANTED} > ${path}/planted`)
  const said = await shell(
    [
      ...plant,
      `PLANTED=${PLANTED} bash -c 'sleep 60; :' ${PLANTED} >/dev/null 2>&1 & until grep -q canary /proc/$!/environ; do :; done`,
      `grep -rsalE -f .search ${places}`,
      `PLANTED=${PLANTED} env | grep -qE -f .search && echo environment`,
      'kill $!',
    ].join('\n'),
  )
  const screen = await terminal(`cat note.txt; env; cat .npmrc package-lock.json .git/config; set`)
  const isThere = formsIn(text).some((form) => screen.includes(form.toString('latin1')))
  return [
    ...said
      .trim()
      .split('\n')
      .filter((line) => line !== ''),
    ...(isThere ? ['terminal'] : []),
  ]
}

/** All that a live terminal shows of a command. */
async function terminal(cmd: string): Promise<string> {
  const { pty, stream } = (await owner.call('pty.open', { workspace: done.workspace })) as unknown as {
    pty: string
    stream: number
  }
  owner.write(stream, `${cmd}; echo "the ""end"\n`)
  await owner.until(stream, /the end\r\n/)
  await owner.call('pty.close', { workspace: done.workspace, pty })
  return owner.bytes(stream).toString('latin1')
}

/** Where it is in what the server keeps, says and hands out. */
async function foundOutside(text: string, user: string | undefined) {
  const forms = formsIn(text, user)
  const has = (said: string) => forms.some((form) => Buffer.from(said).includes(form))
  const files = await filesWith(server.dataDir, forms)
  const kinds = [...new Set(files.map((path) => KINDS.find(([, fits]) => fits.test(path))?.[0] ?? path))]
  const left = Object.entries(await runs.files(done.id))
  const logs = await Promise.all(
    done.steps.map(async ({ id }) => [id, await runs.log(done.id, id).catch(() => '')] as const),
  )
  return {
    directory: Object.fromEntries(kinds.map((kind) => [kind, true])),
    tables: await tablesWith(database, forms),
    log: has(server.log.join('\n')),
    logs: logs.filter(([, said]) => has(said)).map(([id]) => id),
    files: left.filter(([name, content]) => has(shownBy(name, content))).map(([name]) => name),
  }
}

/** A recording shows a text in pieces. */
function shownBy(name: string, content: string): string {
  if (!name.endsWith('.cast')) return content
  const [head = '', ...events] = content.trimEnd().split('\n')
  return head + events.map((line) => String((JSON.parse(line) as unknown[])[2])).join('')
}

const KINDS = [
  ['disk', /^fleet\//],
  ['database', /^pg18\//],
  ['artifacts', /^artifacts\//],
] as const
