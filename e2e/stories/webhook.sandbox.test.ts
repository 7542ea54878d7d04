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
const OPENED = JSON.stringify({
  action: 'opened',
  number: 1,
  repository: { full_name: 'acme/parity' },
  pull_request: {
    head: { ref: 'feat/x', repo: { full_name: 'acme/parity' } },
    base: { ref: 'main', repo: { full_name: 'acme/parity' } },
  },
})

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
  const headers = { authorization: `Bearer ${server.ownerToken}`, 'content-type': 'application/json' }
  const body = JSON.stringify({ text: WORKFLOW })
  await fetch(`${server.url}/api/ops/workflow.save`, { method: 'POST', headers, body })
})
afterAll(async () => {
  await server.close()
  await github.close()
  git.close()
  await rm(folder, { recursive: true })
})

function deliver(delivery: string, secret = SECRET): Promise<Response> {
  const signature = `sha256=${createHmac('sha256', secret).update(OPENED).digest('hex')}`
  const headers = {
    'content-type': 'application/json',
    'x-github-event': 'pull_request',
    'x-github-delivery': delivery,
    'x-hub-signature-256': signature,
  }
  return fetch(`${server.url}/hooks/github`, { method: 'POST', headers, body: OPENED })
}

describe('a pull request that is opened on GitHub', () => {
  it('begins the run on its branch, and the same delivery begins none again', async () => {
    const answer = await deliver('one')
    const { runs } = (await answer.json()) as { runs: { id: string; workflow: string }[] }
    expect([answer.status, runs]).toMatchObject([202, [{ workflow: 'on-pull' }]])
    const run = runs[0]?.id ?? ''
    const http = runsOverHttp(server)
    await http.follow(run)
    expect(await http.get(run)).toMatchObject({
      state: 'succeeded',
      trigger: 'github',
      steps: [{ output: 'feat/x\nof the branch' }],
    })
    expect(await (await deliver('one')).json()).toEqual({ ok: true, runs: [] })
  })

  it('begins nothing with a wrong signature: 401, and written down', async () => {
    expect((await deliver('two', 'a-secret-that-somebody-guessed-at-some-time')).status).toBe(401)
    const database = await openDatabase(server.dataDir)
    await database.audit(({ action, outcome }) => action === 'webhook' && outcome === 'unauthenticated')
    await database.close()
  })
})
