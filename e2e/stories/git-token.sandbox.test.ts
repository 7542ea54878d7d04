// A person's workspace of a private repository: fetches and pushes of any size with a token that is not inside, also after
// a restart of its sandbox; and a repository that the operator does not list.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startGitHost } from '#e2e/double/git-host.ts'
import type { GitHost, HostedRepository } from '#e2e/double/git-host.ts'
import { DOUBLE_TOKEN, startGithub } from '#e2e/double/github.ts'
import type { GithubDouble } from '#e2e/double/github.ts'
import { connect } from '#e2e/stage/client.ts'
import type { Client } from '#e2e/stage/client.ts'
import { startServer } from '#e2e/stage/server.ts'
import type { StagedServer } from '#e2e/stage/server.ts'

const BYTES = 5_000_000

let folder: string
let git: GitHost
let hosted: HostedRepository
let github: GithubDouble
let server: StagedServer
let owner: Client

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'git-token-'))
  git = startGitHost(DOUBLE_TOKEN)
  github = await startGithub({ git })
  hosted = git.addRepository('acme/app', { 'hello.txt': 'hello' })
  git.addRepository('acme/secret', { 'secret.txt': 'of another team' })
  const egress = join(folder, 'egress.json')
  await writeFile(egress, JSON.stringify({ allow: [], git: ['acme/app'] }))
  server = await startServer({
    env: { CHISPART_EGRESS: egress, GITHUB_TOKEN: github.token, GITHUB_API_URL: github.apiUrl },
  })
  owner = await connect(server.url, server.ownerToken)
})
afterAll(async () => {
  await owner.close()
  await server.close()
  await github.close()
  git.close()
  await rm(folder, { recursive: true })
})

const create = (name: string) =>
  owner.call('workspace.create', { name, repo: `${github.apiUrl}/acme/${name}` })

async function shell(cmd: string): Promise<string> {
  const { events, exitCode } = await owner.call('exec', { workspace: 'app', cmd: `{ ${cmd}; } 2>&1` })
  const said = (events as { data: string }[]).map(({ data }) => data).join('')
  return exitCode === 0 ? said : `exit ${String(exitCode)}: ${said}`
}

describe('a workspace of a private repository', () => {
  it('is a clone of it, and pushes back more than git sends in one piece', async () => {
    expect(await create('app')).toMatchObject({ ok: true })
    expect(await shell(`cat hello.txt; git remote get-url --push origin; git config remote.origin.url`)).toBe(
      `hellohttp://git.chispart.internal/acme/app.git\n${github.apiUrl}/acme/app.git\n`,
    )
    await shell(`head -c ${BYTES} /dev/urandom > big && git add big && git commit --quiet -m big`)
    expect(await owner.call('git.push', { workspace: 'app' })).toMatchObject({ ok: true, result: 'updated' })
    expect(hosted.git('cat-file', '-s', 'main:big')).toBe(String(BYTES))
  })

  it('fetches after its sandbox was stopped and started', async () => {
    await owner.call('workspace.stop', { workspace: 'app' })
    await owner.call('workspace.start', { workspace: 'app' })
    hosted.git('update-ref', 'refs/heads/new', 'main')
    expect(await shell('git fetch --quiet && git branch --remotes')).toContain('origin/new')
  })

  it('is told why it may not have another one', async () => {
    const said = await shell('git ls-remote http://git.chispart.internal/acme/secret.git')
    expect(said).toMatch(/exit 128: [^]*Only what git asks of acme\/app passes here\.[^]*error: 403/)
  })
})

it('a repository that is not listed is not cloned, and nobody asks its host', async () => {
  expect(await create('secret')).toMatchObject({ ok: false })
  expect(git.calls.filter((call) => call.includes('secret'))).toEqual([])
})
