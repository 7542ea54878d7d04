// The command line against the real server: a command in a sandbox, a lasting terminal over a restart, a machine that
// pairs and is turned away again, and tokens for programs.
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openStage } from '#cli/test-stage.ts'
import type { RunOptions, Stage } from '#cli/test-stage.ts'
import { openTerminal } from '#cli/test-terminal.ts'
import { startServer } from '#e2e/stage/server.ts'
import type { StagedServer } from '#e2e/stage/server.ts'

let server: StagedServer
let stage: Stage
let owner: Record<string, string>

beforeAll(async () => {
  server = await startServer()
  stage = await openStage()
  owner = { CHISPART_URL: server.url, CHISPART_TOKEN: server.ownerToken }
})
afterAll(async () => {
  await stage.close()
  await server.close()
})

const asOwner = (args: readonly string[], options: RunOptions = {}) =>
  stage.run(args, { ...options, env: { ...owner, ...options.env } })
const json = async (...args: string[]) =>
  JSON.parse((await asOwner([...args, '--json'])).out.toString()) as Record<string, unknown>
/** Says its size at the start, and once more when the kernel tells it of another. */
const RESIZED = 'trap "stty size; exit 0" WINCH; tty; stty size; while :; do read -rt 1 _; done'
/** On a terminal, as the owner. */
const terminal = (...args: string[]) => openTerminal({ ...stage, env: { ...stage.env, ...owner } }, args)

describe('exec in a workspace', () => {
  it('runs in the sandbox, as nobody of this machine, and passes the exit code on', async () => {
    const ran = await asOwner(['exec', '--', 'id -u; pwd; exit 7'])
    expect(ran).toMatchObject({ code: 7, err: '' })
    const [uid, directory] = ran.out.toString().split('\n')
    expect(uid).not.toBe('0')
    expect(directory).toBe('/work/app')
  })

  it('takes a directory of the workspace, a workspace by name, and input of any size', async () => {
    expect(await asOwner(['workspace', 'create', 'second'])).toMatchObject({ code: 0 })
    const bytes = Buffer.alloc(3_000_000, 'chispart ')
    const args = [
      'exec',
      '--workspace',
      'second',
      '--cwd',
      '/work/app',
      '--',
      'cat > big; wc -c < big; cat big',
    ]
    const { out } = await asOwner(args, { input: bytes })
    expect(out.equals(Buffer.concat([Buffer.from('3000000\n'), bytes]))).toBe(true)
    const { workspaces } = await json('workspace', 'list')
    expect((workspaces as { name: string }[]).map(({ name }) => name).sort()).toEqual(['default', 'second'])
    expect(await asOwner(['workspace', 'remove', 'second', '--yes'])).toMatchObject({ code: 0 })
    expect(await asOwner(['exec', '--workspace', 'second', '--', 'ls'])).toMatchObject({ code: 66 })
  })

  it('is a terminal there when this is one', async () => {
    const { pty, ended, until } = terminal('exec', '--', RESIZED)
    await until(/\/dev\/pts\/\d+\r+\n30 100/)
    pty.resize(61, 17)
    await until('17 61')
    expect(await ended).toBe(0)
  })
})

it('a lasting terminal goes on where it was after the server is killed and started again', async () => {
  const { pty, ended, until } = terminal('shell', '--', 'bash --norc -i')
  await until(/bash-[\d.]+[$#] /)
  pty.write('kept=41; echo "a$((kept + 1))z"\r')
  await until('a42z')
  server = await server.restart()
  await until('The connection is lost')
  const attached = async () => (await json('pty', 'list'))['ptys']
  await expect.poll(attached, { timeout: 20_000 }).toMatchObject([{ attached: 1 }])
  pty.write('echo "b$((kept + 2))z"\r')
  await until('b43z')
  pty.write('exit 5\r')
  expect(await ended).toBe(5)
})

describe('pairing', () => {
  it('lets a machine in when the person says so, and out again within a second', async () => {
    const inviting = terminal('pair', 'init', '--device', 'cli')
    const code = /Code: (\d{6})/.exec(await inviting.until('Waiting for the device'))?.[1] ?? ''
    expect(await inviting.until('█')).toContain(`${server.url}/#pair=${code}`)
    const pairing = stage.run(['pair', code, '--name', 'a laptop', '--url', server.url])
    await inviting.until('Allow "a laptop" (cli) to act as you? [y/N]')
    inviting.pty.write('y\r')
    expect(await inviting.ended).toBe(0)
    expect(await pairing).toMatchObject({
      code: 0,
      err: expect.stringContaining('Allow "a laptop"') as string,
    })

    // From here on it needs neither address nor token.
    expect(await stage.run(['exec', '--', 'echo in'])).toMatchObject({ code: 0, out: Buffer.from('in\n') })
    const devices = (await json('devices'))['devices'] as { id: string; name: string; state: string }[]
    expect(devices).toMatchObject([{ name: 'a laptop', state: 'active' }])

    const busy = stage.begin(['exec', '--', 'echo busy; sleep 60'])
    const heard = createInterface({ input: busy.stderr! })
    const said = once(heard, 'line') as Promise<[string]>
    await once(busy.stdout!, 'data')
    const ended = once(busy, 'exit')
    const from = performance.now()
    expect(await asOwner(['device', 'revoke', devices[0]?.id ?? '', '-y'])).toMatchObject({ code: 0 })
    expect(await ended).toEqual([77, null])
    expect(performance.now() - from).toBeLessThan(5000)
    expect((await said)[0]).toContain('This sign-in is over')
    expect(await stage.run(['exec', '--', 'ls'])).toMatchObject({ code: 77 })
  })

  it('keeps a machine out when the person says no, and refuses a wrong code', async () => {
    const inviting = terminal('pair', 'init')
    const code = /Code: (\d{6})/.exec(await inviting.until('Waiting for the device'))?.[1] ?? ''
    const wrong = code === '000000' ? '000001' : '000000'
    const pair = (digits: string) => stage.run(['pair', digits, '--url', server.url])
    expect(await pair(wrong)).toMatchObject({ code: 126, err: expect.stringContaining('wrong') as string })
    const pairing = pair(code)
    await inviting.until('[y/N]')
    inviting.pty.write('n\r')
    expect(await pairing).toMatchObject({ code: 126, err: expect.stringContaining('refused') as string })
    expect(await pair('12')).toMatchObject({ code: 64, err: expect.stringContaining('six digits') as string })
  })
})

describe('a signed token', () => {
  it('is made by the server for its owner, and lets a program in', async () => {
    const env = { CHISPART_URL: server.url, CHISPART_OWNER_TOKEN: server.ownerToken }
    const made = await stage.run(['token', '--ttl', '5m'], { env })
    expect(made).toMatchObject({ code: 0, err: expect.stringContaining('It ends at') as string })
    const token = made.out.toString().trim()
    const ran = await stage.run(['workspace', 'list', '--url', server.url, '--token', token])
    expect(ran).toMatchObject({ code: 0 })
    const another = await stage.run(['token', '--url', server.url, '--token', token])
    expect(another).toMatchObject({ code: 77, err: expect.stringContaining('makes no tokens') as string })
  })
})

it('rpc speaks the wire of the server, every op among it', async () => {
  const calls = ['workspace.list', 'device.list', 'git.status', 'file.list']
  const { code, out } = await asOwner(['rpc', '--raw'], {
    input: calls.map((op, id) => JSON.stringify({ id, op })).join('\n'),
  })
  const answers = out
    .toString()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { id: number; ok: boolean })
  expect([code, answers.length]).toEqual([0, calls.length])
  expect(answers.every(({ ok }) => ok)).toBe(true)
})
