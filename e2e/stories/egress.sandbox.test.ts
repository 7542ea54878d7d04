// What leaves a workspace of the real server with the lists that come with it: a project's packages do, from this
// machine's own registry; nothing else does, and the audit trail says why.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openStage } from '#cli/test-stage.ts'
import type { Stage } from '#cli/test-stage.ts'
import { connect } from '#e2e/stage/client.ts'
import type { Client } from '#e2e/stage/client.ts'
import { openDatabase } from '#e2e/stage/database.ts'
import type { Database } from '#e2e/stage/database.ts'
import { runsOverHttp, statesOf } from '#e2e/stage/runs.ts'
import { startServer } from '#e2e/stage/server.ts'
import type { StagedServer } from '#e2e/stage/server.ts'

let server: StagedServer
let database: Database
let owner: Client
let cli: Stage

beforeAll(async () => {
  server = await startServer()
  database = await openDatabase(server.dataDir)
  cli = await openStage()
  owner = await connect(server.url, server.ownerToken)
})
afterAll(async () => {
  await owner.close()
  await cli.close()
  await database.close()
  await server.close()
})

async function shell(cmd: string): Promise<{ code: unknown; out: string }> {
  const { exitCode, events } = await owner.call('exec', { cmd })
  return { code: exitCode, out: (events as { data: string }[]).map(({ data }) => data).join('') }
}

describe('a workspace', () => {
  it('installs a project with npm ci', async () => {
    const manifest = '{"name":"tiny","dependencies":{"is-odd":"3.0.1"}}'
    const { code, out } = await shell(
      `echo '${manifest}' > package.json && npm install --package-lock-only && npm ci && node -p 'require("is-odd")(7)'`,
    )
    expect([code, out.trim().split('\n').at(-1)]).toEqual([0, 'true'])
    const rows = await database.audit(
      ({ action, outcome }) => action === 'egress.connect' && outcome === 'ok',
    )
    expect(rows[0]?.workspaceId).toMatch(/^w/)
  })

  it.each([
    ['off-the-list.test', 'host'],
    ['169.254.169.254', 'address'],
  ])('is told why %s is out of reach, and so is the audit trail', async (host, reason) => {
    const request = `GET http://${host}/ HTTP/1.1\\r\\nHost: ${host}\\r\\n\\r\\n`
    const { out } = await shell(`exec 3<>/dev/tcp/127.0.0.1/3128; printf '${request}' >&3; cat <&3`)
    expect(out).toContain(`X-Chispart-Egress: denied; reason=${reason}`)
    await database.audit(
      ({ action, outcome, detail }) =>
        action === 'egress.http' && outcome === 'denied' && detail.reason?.startsWith(`${reason}: `) === true,
    )
  })
})

/** Asks a host through the proxy by the shell alone, and goes on whatever it answers. */
const knock = (host: string) =>
  `exec 3<>/dev/tcp/127.0.0.1/3128; printf 'CONNECT ${host}:443 HTTP/1.1\\r\\nHost: ${host}:443\\r\\n\\r\\n' >&3; cat <&3`

describe('a run', () => {
  it('tells what was blocked, which step asked and the rule to add, and what was let out', async () => {
    const runs = runsOverHttp(server)
    const text = `name: nosy
on: manual
policy: { egress_allow: ['npm', 'github.com'] }
steps:
  - { id: build, uses: shell.exec, with: { cmd: ${JSON.stringify(`${knock('off-the-list.test')}; ${knock('off-the-list.test')}`)} } }
  - { id: fetch, uses: shell.exec, with: { cmd: ${JSON.stringify(knock('codeload.github.com'))} } }
  - { id: packages, uses: shell.exec, with: { cmd: npm view is-odd@3.0.1 name } }
`
    const done = await runs.ended({ text })
    expect(statesOf(done)).toEqual({ build: 'success', fetch: 'success', packages: 'success' })
    const { egress } = await owner.call('run.get', { run: done.id })
    expect(egress).toEqual([
      {
        ...{ kind: 'connect', target: 'off-the-list.test:443', outcome: 'denied', reason: 'host' },
        ...{ list: 'allow', rule: 'off-the-list.test', steps: ['build'] },
        message: expect.stringContaining('would allow it') as string,
      },
      expect.objectContaining({
        ...{ target: 'codeload.github.com:443', outcome: 'denied', reason: 'host' },
        ...{ list: 'policy', rule: 'codeload.github.com', steps: ['fetch'] },
      }),
      expect.objectContaining({ outcome: 'allowed', steps: ['packages'] }),
    ])
    const { url: CHISPART_URL, ownerToken: CHISPART_TOKEN } = server
    const watched = await cli.run(['run', 'watch', done.id], { env: { CHISPART_URL, CHISPART_TOKEN } })
    expect(watched.out.toString()).toContain(
      '⊘ blocked: off-the-list.test:443  asked by build  off-the-list.test is not on',
    )
  })
})

describe('a server with a wrong egress list', () => {
  it('does not start, and says which entry is wrong', async () => {
    const started = startServer({ env: { CHISPART_EGRESS: 'config/allowlist.json' } })
    await expect(started).rejects.toThrow(/ended with 78[\s\S]*config\/allowlist\.json is not \{"allow"/)
  })
})
