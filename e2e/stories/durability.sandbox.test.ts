// Terminals outlive everything that stands between them and their readers: tabs, networks, and the server itself.
import xterm from '@xterm/headless'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connect } from '#e2e/stage/client.ts'
import type { Answer, Client } from '#e2e/stage/client.ts'
import { firstProcess, namespaceOf, processesIn } from '#e2e/stage/sandbox.ts'
import { startServer } from '#e2e/stage/server.ts'
import type { StagedServer } from '#e2e/stage/server.ts'

let server: StagedServer
let client: Client

beforeAll(async () => {
  server = await startServer()
  client = await connect(server.url, server.ownerToken)
})
afterAll(async () => {
  await client.close()
  await server.close()
})

const terminal = (answer: Answer) =>
  answer as Answer & { pty: string; stream: number; cursor: number; screen?: string }
const workspaceId = async () => {
  const { workspaces } = (await client.call('workspace.list')) as unknown as { workspaces: { id: string }[] }
  return workspaces[0]?.id ?? ''
}

/** SIGKILL, and a new server on the same data; the client connects again. */
async function killServer(): Promise<void> {
  server = await server.restart()
  client = await connect(server.url, server.ownerToken)
}

/** What a person sees: the text of the screen and its scrollback. */
async function draw(...parts: (string | Buffer)[]): Promise<string[]> {
  const screen = new xterm.Terminal({ cols: 80, rows: 24, scrollback: 500, allowProposedApi: true })
  for (const part of parts) await new Promise<void>((done) => screen.write(part, done))
  const { length } = screen.buffer.active
  const lines = Array.from(
    { length },
    (_, n) => screen.buffer.active.getLine(n)?.translateToString(true) ?? '',
  )
  screen.dispose()
  return lines
}

describe('a server that is killed', () => {
  it('finds the same program with the same screen when it returns', async () => {
    const opened = terminal(await client.call('pty.open', {}))
    client.write(opened.stream, 'printf "I am %s\\n" $$; export MARK=kept\n')
    const before = await client.until(opened.stream, /I am \d+\r\n.*\$ $/s)
    const first = await firstProcess(server.dataDir, await workspaceId())
    await killServer()
    const again = terminal(await client.call('pty.attach', { pty: opened.pty, cursor: 0 }))
    expect(again.screen).toBeUndefined()
    expect(await client.until(again.stream, before)).toBe(before)
    client.write(again.stream, 'printf "still %s %s\\n" $$ $MARK\n')
    const pid = /I am (\d+)/.exec(before)?.[1] ?? ''
    await client.until(again.stream, `still ${pid} kept`)
    expect(await firstProcess(server.dataDir, await workspaceId())).toBe(first)
    await client.call('pty.close', { pty: opened.pty })
  })

  it('leaves no process of a command that nobody waits for any more', async () => {
    const started = client.call('exec', { cmd: 'sleep 4321 & sleep 4321' })
    started.catch(() => undefined)
    const seen = async () => (await client.call('exec', { cmd: 'pgrep -c sleep' })).events
    await expect.poll(seen).toEqual([{ type: 'stdout', data: '2\n' }])
    await killServer()
    await expect.poll(seen).toEqual([{ type: 'stdout', data: '0\n' }])
  })
})

describe('16 MiB of numbered lines', () => {
  const LINE = 16
  const LINES = 16_384
  const PARTS = 64
  /** Each part waits for a line from the reader, so that what a reader missed is still kept. */
  const program = `stty -echo; for n in {0..${PARTS - 1}}; do seq -f %014.0f $((n * ${LINES})) $((n * ${LINES} + ${LINES - 1})); read -r _; done`

  it(
    'arrive byte by byte through 16 cut connections and 2 killed servers: none lost, none doubled',
    { timeout: 120_000 },
    async () => {
      const opened = terminal(await client.call('pty.open', { cmd: program }))
      const got: Buffer[] = []
      let [reader, from] = [opened, 0]
      for (let part = 0; part < PARTS; part++) {
        const goal = (part + 1) * LINES * LINE
        if (part % 4 === 3) {
          const bytes = await client.first(reader.stream, goal - (LINES * LINE) / 2 - from)
          got.push(bytes)
          // What arrived beyond them is as good as on its way: the count decides where to go on.
          from += bytes.length
          client.socket.terminate()
          if (part % 32 === 31) await killServer()
          else client = await connect(server.url, server.ownerToken)
          reader = terminal(await client.call('pty.attach', { pty: opened.pty, cursor: from }))
          expect([reader.cursor, reader.screen]).toEqual([from, undefined])
        }
        await client.first(reader.stream, goal - from)
        client.write(reader.stream, '\n')
      }
      got.push(await client.first(reader.stream, PARTS * LINES * LINE - from))
      const expected = Buffer.alloc(PARTS * LINES * LINE)
      for (let n = 0; n < PARTS * LINES; n++)
        expected.write(`${String(n).padStart(14, '0')}\r\n`, n * LINE, 'latin1')
      expect(Buffer.concat(got).equals(expected)).toBe(true)
      await client.call('pty.close', { pty: opened.pty })
    },
  )
})

describe('a reader that is far behind', () => {
  const FLOOD = 'seq 1 600000; printf "\\033[7mdone\\033[0m"; read -r _'

  it('gets the screen when it comes back, and it is that of one who never left', async () => {
    const opened = terminal(await client.call('pty.open', { cmd: `read -r _; ${FLOOD}` }))
    const other = await connect(server.url, server.ownerToken)
    const stayed = terminal(await other.call('pty.attach', { pty: opened.pty, cursor: 0 }))
    client.write(opened.stream, '\n')
    await client.until(opened.stream, '1000\r\n')
    client.socket.terminate()
    await other.until(stayed.stream, 'done')
    client = await connect(server.url, server.ownerToken)
    const back = terminal(await client.call('pty.attach', { pty: opened.pty, cursor: 4000 }))
    expect(back.cursor).toBe(other.bytes(stayed.stream).length)
    expect(await draw(back.screen ?? '')).toEqual(await draw(other.bytes(stayed.stream)))
    await other.close()
    await client.call('pty.close', { pty: opened.pty })
  })

  it('and is still connected gets the screen in its stream, while the one who keeps up loses no byte', async () => {
    const slow = await connect(server.url, server.ownerToken)
    const opened = terminal(await client.call('pty.open', { cmd: `read -r _; ${FLOOD}` }))
    const behind = terminal(await slow.call('pty.attach', { pty: opened.pty, cursor: 0 }))
    const redrawn = slow.news((frame) => frame['stream'] === behind.stream && 'screen' in frame)
    // No network: nothing is read, nothing is granted, and nobody is told.
    slow.socket.pause()
    client.write(opened.stream, '\n')
    await client.until(opened.stream, 'done')
    slow.socket.resume()
    const { screen, cursor } = (await redrawn) as unknown as { screen: string; cursor: number }
    expect(cursor).toBe(client.bytes(opened.stream).length)
    expect(await draw(screen)).toEqual(await draw(client.bytes(opened.stream)))
    await slow.close()
    await client.call('pty.close', { pty: opened.pty })
  })

  it('without a network attaches again beside its own dead connection, and ends in the same screen', async () => {
    const steps = 'for n in {1..40}; do printf "\\033[%d;1Hline %d" $((n % 24 + 1)) $n; read -r _; done'
    const dead = await connect(server.url, server.ownerToken)
    const opened = terminal(await client.call('pty.open', { cmd: `stty -echo; ${steps}` }))
    const left = terminal(await dead.call('pty.attach', { pty: opened.pty, cursor: 0 }))
    await dead.until(left.stream, 'line 1')
    const had = dead.bytes(left.stream)
    dead.socket.pause()
    for (let n = 1; n < 40; n++) {
      client.write(opened.stream, '\n')
      await client.until(opened.stream, `line ${n + 1}`)
    }
    const fresh = await connect(server.url, server.ownerToken)
    const back = terminal(await fresh.call('pty.attach', { pty: opened.pty, cursor: had.length }))
    await fresh.until(back.stream, 'line 40')
    const whole = Buffer.concat([had, fresh.bytes(back.stream)])
    expect(whole.equals(client.bytes(opened.stream))).toBe(true)
    dead.socket.terminate()
    await fresh.close()
    await client.call('pty.close', { pty: opened.pty })
  })
})

describe('Ctrl-C for the server', () => {
  it('ends it and no sandbox; workspace.stop then ends every process of one', async () => {
    const opened = terminal(await client.call('pty.open', {}))
    client.write(
      opened.stream,
      'nohup setsid sleep 9876 >/dev/null 2>&1 & disown; trap "" HUP TERM INT; echo ready\n',
    )
    await client.until(opened.stream, 'ready\r\n')
    const id = await workspaceId()
    const first = await firstProcess(server.dataDir, id)
    const namespace = (await namespaceOf(first ?? 0)) ?? ''
    const { dataDir, ownerToken, url } = server
    expect(await server.stop('SIGINT')).toBe(0)
    expect((await processesIn(namespace)).length).toBeGreaterThan(3)
    server = await startServer({ dataDir, ownerToken, port: Number(new URL(url).port) })
    client = await connect(server.url, server.ownerToken)
    expect(await client.call('pty.list')).toMatchObject({
      ptys: expect.arrayContaining([expect.objectContaining({ id: opened.pty })]) as unknown,
    })
    expect(await client.call('workspace.stop', { workspace: id })).toMatchObject({ ok: true })
    expect(await processesIn(namespace)).toEqual([])
    expect(await client.call('workspace.list')).toMatchObject({ workspaces: [{ state: 'stopped' }] })
  })
})
