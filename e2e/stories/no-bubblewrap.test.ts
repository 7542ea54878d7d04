// A machine without bubblewrap: the server runs, says why no terminal can be opened, and never opens one without a sandbox.
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connect } from '#e2e/stage/client.ts'
import type { Client } from '#e2e/stage/client.ts'
import { startServer } from '#e2e/stage/server.ts'
import type { StagedServer } from '#e2e/stage/server.ts'

const BWRAP = ['/usr/local/bin/bwrap', '/usr/bin/bwrap', '/bin/bwrap'].filter((path) => existsSync(path))
const uid = process.getuid?.() ?? 0
const gid = process.getgid?.() ?? 0
/** An ordinary user is root for the mounts only, and then themself again. */
const [enter, leave] =
  uid === 0
    ? [['unshare', '--mount'], 'exec "$@"']
    : [['unshare', '--mount', '--map-root-user'], `exec unshare --map-user=${uid} --map-group=${gid} -- "$@"`]
/** A mount namespace of its own, in which no bwrap can be executed. */
const HIDE = [
  ...[...enter, 'sh', '-c'],
  `for path in ${BWRAP.join(' ')}; do mount --bind /dev/null "$path" || exit 1; done; ${leave}`,
  'sh',
]

function canHide(): boolean {
  try {
    execFileSync(HIDE[0] ?? '', [...HIDE.slice(1), 'true'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

describe.runIf(canHide())('a server on a machine without bubblewrap', () => {
  let server: StagedServer
  let client: Client

  beforeAll(async () => {
    server = await startServer({ before: HIDE })
    client = await connect(server.url, server.ownerToken)
  })
  afterAll(async () => {
    await client.close()
    await server.close()
  })

  const problem = {
    problem: expect.stringMatching(/bubblewrap is not installed/) as string,
    remedy: expect.stringMatching(/apt-get install -y bubblewrap.*chispart doctor --fix/) as string,
  }

  it('is ready, and says in /readyz what is missing and what would make it right', async () => {
    const answer = await fetch(`${server.url}/readyz`)
    expect(await answer.json()).toMatchObject({ database: true, sandbox: problem })
  })

  it.each([
    ['pty.open', {}],
    ['exec', { cmd: 'id' }],
    ['exec', { cmd: 'id', pty: true }],
    ['file.read', { path: '/etc/passwd' }],
    ['workspace.create', { name: 'mine' }],
  ])('refuses %s %j with the remedy', async (op, input) => {
    const answer = await client.call(op, input)
    expect(answer).toMatchObject({ ok: false, error: { code: 'unavailable', data: problem } })
    expect((answer['error'] as { message: string }).message).toContain('apt-get install -y bubblewrap')
    expect(answer.events).toEqual([])
  })

  it('still answers what needs no sandbox', async () => {
    expect(await client.call('workspace.list')).toMatchObject({ ok: true })
    expect(await client.call('device.list')).toMatchObject({ ok: true, devices: [] })
  })
})
