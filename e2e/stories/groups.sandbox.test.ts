// A workspace that may reach nothing but what the named groups name: npm, pip and git work inside without any setting, a private
// repository with the person's own token, and nothing else gets out. The names lead to doubles on this machine, npm's to its own
// registry. Needs root: a group's hosts are at port 443.
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:https'
import type { Server } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startGitHost } from '#e2e/double/git-host.ts'
import type { GitHost, HostedRepository } from '#e2e/double/git-host.ts'
import { connect } from '#e2e/stage/client.ts'
import type { Client } from '#e2e/stage/client.ts'
import { withHosts } from '#e2e/stage/hosts.ts'
import { startServer } from '#e2e/stage/server.ts'
import type { StagedServer } from '#e2e/stage/server.ts'
import { makeCertificate } from '#server/egress/test-certificate.ts'
import { ownAddress } from '#server/egress/test-git-host.ts'
import { makeWheel } from '#server/egress/test-wheel.ts'

const TOKEN = 'ghp_of-a-person-0123456789'
const REPO = 'https://github.com/acme/app.git'
const WHEEL = 'tiny_chispart-1.0-py3-none-any.whl'
const FILES: Record<string, string | Buffer> = {
  '/simple/tiny-chispart/': `<a href="/${WHEEL}">${WHEEL}</a>`,
  [`/${WHEEL}`]: makeWheel('tiny_chispart', 'answer = 42\n'),
}

describe.runIf(process.getuid?.() === 0)('a workspace that may reach the named groups only', () => {
  let folder: string
  let git: GitHost
  let hosted: HostedRepository
  let hosts: Server
  let server: StagedServer
  let owner: Client

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'groups-'))
    const certificate = makeCertificate('github.com', 'pypi.test')
    git = startGitHost(TOKEN)
    hosted = git.addRepository('acme/app', { 'hello.txt': 'hello' })
    hosts = createServer(certificate, (request, response) => {
      if (git.serve(request, response)) return
      const file = FILES[request.url ?? '']
      response.setHeader('content-type', typeof file === 'string' ? 'text/html' : 'application/zip')
      response.writeHead(file === undefined ? 404 : 200).end(file)
    })
    await once(hosts.listen(443, ownAddress()), 'listening')
    const [list, authority] = [join(folder, 'egress.json'), join(folder, 'authority.pem')]
    await writeFile(list, JSON.stringify({ allow: ['npm', 'pypi', 'debian'], trusted: ['github'] }))
    await writeFile(authority, certificate.cert)
    server = await startServer({
      before: withHosts({ 'github.com': ownAddress(), 'pypi.test': ownAddress(), 'off.test': ownAddress() }),
      env: {
        CHISPART_EGRESS: list,
        NODE_EXTRA_CA_CERTS: authority,
        PIP_INDEX_URL: 'https://pypi.test/simple/',
      },
    })
    owner = await connect(server.url, server.ownerToken)
    const credential = { address: 'https://github.com/acme/', secret: TOKEN, write: true }
    expect(await owner.call('credential.set', credential)).toMatchObject({ ok: true })
  })
  afterAll(async () => {
    await owner.close()
    await server.close()
    hosts.closeAllConnections()
    hosts.close()
    git.close()
    await rm(folder, { recursive: true })
  })

  async function shell(cmd: string): Promise<{ code: unknown; out: string }> {
    const { events, exitCode } = await owner.call('exec', { cmd: `{ ${cmd}; } 2>&1` })
    return { code: exitCode, out: (events as { data: string }[]).map(({ data }) => data).join('') }
  }
  const last = (out: string) => out.trim().split('\n').at(-1)

  it('installs with npm ci', async () => {
    const manifest = '{"name":"tiny","dependencies":{"is-odd":"3.0.1"}}'
    const { code, out } = await shell(
      `echo '${manifest}' > package.json && npm install --package-lock-only && npm ci && node -p 'require("is-odd")(7)'`,
    )
    expect([code, last(out)]).toEqual([0, 'true'])
  })

  it('installs with pip', async ({ skip }) => {
    skip((await shell('python3 -m pip --version')).code !== 0, 'there is no pip on this machine')
    const { code, out } = await shell(
      `python3 -m pip install --quiet tiny-chispart && python3 -c 'import tiny_chispart; print(tiny_chispart.answer)'`,
    )
    expect([code, last(out)]).toEqual([0, '42'])
  })

  it('clones, fetches and pushes with git, more than it sends in one piece', async () => {
    const { code, out } = await shell(
      `git clone --quiet ${REPO} clone && cd clone && head -c 3000000 /dev/urandom > big && git add big && ` +
        `git commit --quiet -m big && git push --quiet && git fetch && git rev-parse origin/main`,
    )
    expect([code, last(out)]).toEqual([0, hosted.git('rev-parse', 'main')])
    expect(hosted.git('cat-file', '-s', 'main:big')).toBe('3000000')
    expect(new Set(git.passwords)).toEqual(new Set([TOKEN]))
    expect((await shell('git config --list --show-origin; env; cat clone/.git/config')).out).not.toContain(
      TOKEN,
    )
  })

  it('gets to no other host, though its name leads to the same address', async () => {
    const { code, out } = await shell('git ls-remote https://off.test/acme/app.git')
    expect([code, out]).toEqual([128, expect.stringContaining('403')])
  })
})
