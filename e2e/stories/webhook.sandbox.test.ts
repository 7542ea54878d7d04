// A pull request is opened on GitHub: its signed webhook begins the stored workflow on the branch, once. Source: seed row S60.
import { createHmac } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startGitHost } from '#e2e/double/git-host.ts'
import type { GitHost } from '#e2e/double/git-host.ts'
import { DOUBLE_TOKEN, startGithub } from '#e2e/double/github.ts'
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
const openedOn = (ref: string, title = 'A title') =>
  JSON.stringify({
    action: 'opened',
    number: 1,
    repository: { full_name: 'acme/parity' },
    pull_request: {
      title,
      head: { ref, repo: { full_name: 'acme/parity' } },
      base: { ref: 'main', repo: { full_name: 'acme/parity' } },
    },
  })
const OPENED = openedOn('feat/x')
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
  const hosted = git.addRepository('acme/parity', { 'new.txt': 'of the branch\n' })
  hosted.git('branch', 'feat/x', 'main')
  hosted.git('branch', HOSTILE_BRANCH, 'main')
  const headers = { authorization: `Bearer ${server.ownerToken}`, 'content-type': 'application/json' }
  for (const text of [WORKFLOW, TOLD]) {
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

function deliver(delivery: string, secret = SECRET, body = OPENED): Promise<Response> {
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
    expect(await (await deliver('one')).json()).toEqual({ ok: true, runs: [] })
  })

  it('is data to the steps, whatever strangers call the branch and the pull request', async () => {
    const answer = await deliver('three', SECRET, openedOn(HOSTILE_BRANCH, HOSTILE_TITLE))
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
