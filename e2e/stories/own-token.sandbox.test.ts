// A person's own token for git, at the operator's GitHub and at a git host of any other kind: it goes before the server's, it
// is in no workspace, and it pushes only when it may.
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:https'
import type { Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startGitHost } from '#e2e/double/git-host.ts'
import type { GitHost, HostedRepository } from '#e2e/double/git-host.ts'
import { DOUBLE_TOKEN, startGithub } from '#e2e/double/github.ts'
import type { GithubDouble } from '#e2e/double/github.ts'
import { connect } from '#e2e/stage/client.ts'
import type { Client } from '#e2e/stage/client.ts'
import { withHosts } from '#e2e/stage/hosts.ts'
import { startServer } from '#e2e/stage/server.ts'
import type { StagedServer } from '#e2e/stage/server.ts'
import { makeCertificate } from '#server/egress/test-certificate.ts'
import { ownAddress } from '#server/egress/test-git-host.ts'

const MINE = 'ghp_mine-0123456789'
const OTHER = 'glpat-of-another-host-0123456789'

let folder: string
/** The operator's GitHub, and a git host that he only lets through. */
let git: GitHost
let lab: GitHost
let hosted: HostedRepository
let onLab: HostedRepository
let github: GithubDouble
let labServer: Server
let server: StagedServer
let owner: Client

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'own-token-'))
  const certificate = makeCertificate('localhost', 'lab.test')
  git = startGitHost(DOUBLE_TOKEN, MINE)
  lab = startGitHost(OTHER)
  github = await startGithub({ certificate, git })
  hosted = git.addRepository('acme/app', { 'hello.txt': 'hello' })
  onLab = lab.addRepository('team/tool', { 'tool.txt': 'a tool' })
  labServer = createServer(certificate, (request, response) => void lab.serve(request, response))
  await once(labServer.listen(0, ownAddress()), 'listening')
  const [egress, authority] = [join(folder, 'egress.json'), join(folder, 'authority.pem')]
  await writeFile(egress, JSON.stringify({ allow: [], trusted: [labHost()], git: ['acme/*'] }))
  await writeFile(authority, certificate.cert)
  server = await startServer({
    before: withHosts({ 'lab.test': ownAddress() }),
    env: {
      CHISPART_EGRESS: egress,
      NODE_EXTRA_CA_CERTS: authority,
      GITHUB_TOKEN: DOUBLE_TOKEN,
      GITHUB_API_URL: github.apiUrl,
    },
  })
  owner = await connect(server.url, server.ownerToken)
})
afterAll(async () => {
  await owner.close()
  await server.close()
  await github.close()
  labServer.closeAllConnections()
  labServer.close()
  git.close()
  lab.close()
  await rm(folder, { recursive: true })
})

const labHost = () => `lab.test:${(labServer.address() as AddressInfo).port}`
const set = (address: string, secret: string, write: boolean) =>
  owner.call('credential.set', { address, secret, write })

async function shell(workspace: string, cmd: string): Promise<string> {
  const { events } = await owner.call('exec', { workspace, cmd: `{ ${cmd}; } 2>&1` })
  return (events as { data: string }[]).map(({ data }) => data).join('')
}

const commit = (workspace: string, name: string) =>
  shell(workspace, `date > ${name} && git add ${name} && git commit --quiet -m ${name}`)

/** Passwords that a host was told by what `act` does, each once. */
async function told(host: GitHost, act: () => Promise<unknown>): Promise<string[]> {
  const before = host.passwords.length
  await act()
  return [...new Set(host.passwords.slice(before))]
}

describe('at the operator’s GitHub', () => {
  it('the server’s token is used by whoever keeps none', async () => {
    const repo = `${github.apiUrl}/acme/app`
    const create = () => owner.call('workspace.create', { name: 'app', repo })
    expect(await told(git, create)).toEqual([DOUBLE_TOKEN])
  })

  it('one’s own goes before it, without a restart, in what fetches and in what pushes', async () => {
    expect(await set(`${github.apiUrl}/acme/`, MINE, true)).toMatchObject({ ok: true })
    expect(await told(git, () => shell('app', 'git fetch'))).toEqual([MINE])
    await commit('app', 'mine')
    expect(await told(git, () => owner.call('git.push', { workspace: 'app' }))).toEqual([MINE])
    expect(hosted.git('log', '--format=%s', '-1', 'main')).toBe('mine')
  })

  it('one that only reads leaves the pushing to the server’s', async () => {
    await set(`${github.apiUrl}/acme/`, MINE, false)
    await commit('app', 'theirs')
    expect(await told(git, () => owner.call('git.push', { workspace: 'app' }))).toEqual([DOUBLE_TOKEN])
    const { credentials } = await owner.call('credential.list')
    const [{ id }] = credentials as [{ id: string }]
    await owner.call('credential.remove', { credential: id })
    expect(await told(git, () => shell('app', 'git fetch'))).toEqual([DOUBLE_TOKEN])
  })
})

describe('at another git host', () => {
  const repo = () => `https://${labHost()}/team/tool.git`
  const create = () => owner.call('workspace.create', { name: 'tool', repo: repo() })

  it('a private repository is cloned with one’s own token only', async () => {
    expect(await create()).toMatchObject({ ok: false })
    await set(`https://${labHost()}/team/`, OTHER, false)
    expect(await told(lab, create)).toEqual([OTHER])
    expect(await shell('tool', 'cat tool.txt; git remote get-url origin')).toBe(`a tool${repo()}\n`)
  })

  it('is pushed to when that may write, and says so when it may not', async () => {
    await commit('tool', 'change')
    expect(await shell('tool', 'git push')).toMatch(/403/)
    expect(onLab.git('log', '--format=%s', '-1', 'main')).toBe('first')
    await set(`https://${labHost()}/team/`, OTHER, true)
    expect(await owner.call('git.push', { workspace: 'tool' })).toMatchObject({ ok: true })
    expect(onLab.git('log', '--format=%s', '-1', 'main')).toBe('change')
  })

  it('is in no workspace', async () => {
    const look = `grep -rsalE 'glpat[-]of|ghp_[m]ine' /work /home /tmp /etc /proc/[0-9]*/environ /proc/[0-9]*/cmdline`
    expect([await shell('tool', look), await shell('app', look)]).toEqual(['', ''])
    expect(server.log.join('\n')).not.toMatch(/glpat-of|ghp_mine/)
  })
})
