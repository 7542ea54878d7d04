// A new verb is one command: in a clone, `npm run new op demo.echo` and its test are all it takes to have it behind every
// door and in the documents.
import { cp, mkdtemp, readFile, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { connect } from '#e2e/stage/client.ts'
import { ROOT, run } from '#e2e/stage/command.ts'
import type { Finished } from '#e2e/stage/command.ts'
import { startServer } from '#e2e/stage/server.ts'

let clone = ''
const inClone = (...argv: string[]): Promise<Finished> => run(argv, { cwd: clone })
const node = (...argv: string[]) => inClone(process.execPath, ...argv)

beforeAll(async () => {
  clone = join(await mkdtemp(join(tmpdir(), 'new-op-')), 'chispart')
  // What is being worked on counts too: the files that git would take, as they are.
  // Whoever runs this need not own the project.
  const list = ['ls-files', '-z', '--cached', '--others', '--exclude-standard']
  const { stdout } = await run(['git', '-c', 'safe.directory=*', ...list])
  for (const file of stdout.split('\0').filter(Boolean))
    await cp(join(ROOT, file), join(clone, file)).catch(ignoreDeleted)
  await symlink(join(ROOT, 'node_modules'), join(clone, 'node_modules'))
  for (const argv of [
    ['init', '-q'],
    ['add', '-A'],
    ['-c', 'user.name=t', '-c', 'user.email=t@example.org', 'commit', '-qm', 'clone'],
  ])
    expect(await inClone('git', ...argv)).toMatchObject({ code: 0 })
  expect(await inClone('npm', 'run', '--silent', 'new', 'op', 'demo.echo')).toMatchObject({ code: 0 })
  expect(await node('infra/scripts/docs.ts')).toMatchObject({ code: 0 })
})
afterAll(() => rm(join(clone, '..'), { recursive: true, force: true }))

it('touches the op, its test, the catalog and the documents, and nothing else', async () => {
  const { stdout } = await inClone('git', 'status', '--porcelain', '--untracked-files=all')
  const files = stdout
    .trimEnd()
    .split('\n')
    .map((line) => line.slice(3))
  expect(files.sort()).toEqual([
    'API-RPC.md',
    'API.md',
    ...(files.includes('COMMANDS.md') ? ['COMMANDS.md'] : []),
    'dsl/catalog.ts',
    'dsl/ops/demo/echo.test.ts',
    'dsl/ops/demo/echo.ts',
  ])
  for (const document of ['API-RPC.md', 'API.md'])
    expect(await readFile(join(clone, document), 'utf8')).toContain('demo.echo')
})

it('has a test that is green, and passes lint and format', async () => {
  const test = await node(
    'node_modules/vitest/vitest.mjs',
    'run',
    '--configLoader=native',
    'dsl/ops/demo',
    'dsl/catalog.test.ts',
  )
  expect([test.code, test.stdout]).toEqual([0, expect.stringMatching(/Test Files\s+.*2 passed/)])
  const files = ['dsl/ops/demo/echo.ts', 'dsl/ops/demo/echo.test.ts', 'dsl/catalog.ts']
  expect(await node('node_modules/prettier/bin/prettier.cjs', '--check', ...files)).toMatchObject({ code: 0 })
})

it('is behind WebSocket, REST, OpenAPI, the reference page and the CLI', async () => {
  const server = await startServer({ root: clone })
  try {
    const client = await connect(server.url, server.ownerToken)
    expect(await client.call('demo.echo', { text: 'hello' })).toMatchObject({ ok: true, text: 'hello' })
    await client.close()
    const headers = { authorization: `Bearer ${server.ownerToken}`, 'content-type': 'application/json' }
    const init = { method: 'POST', headers, body: '{"text":"hello"}' }
    expect(await (await fetch(`${server.url}/api/ops/demo.echo`, init)).json()).toEqual({
      ok: true,
      text: 'hello',
    })
    const description = (await (await fetch(`${server.url}/api/openapi.json`)).json()) as { paths: object }
    expect(Object.keys(description.paths)).toContain('/api/ops/demo.echo')
    expect(await (await fetch(`${server.url}/api/docs`)).text()).toContain('id="demo.echo"')
    expect((await node('cli/chispart.mjs', 'demo', 'echo', '--help')).stdout).toMatch(/text/)
    const env = { CHISPART_URL: server.url, CHISPART_TOKEN: server.ownerToken }
    const called = await run([process.execPath, 'cli/chispart.mjs', 'demo', 'echo', 'hello'], {
      cwd: clone,
      env,
    })
    expect([called.code, called.stdout]).toEqual([0, expect.stringContaining('hello')])
  } finally {
    await server.close()
  }
})

function ignoreDeleted(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error
}
