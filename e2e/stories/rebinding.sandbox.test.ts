// Names that lead home: the server resolves them in a world whose hosts file is the test's, so that each listed name has the
// address of an attacker's choice, and another one the next time. The canary behind all of them must hear nothing.
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import type { AddressInfo, Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connect } from '#e2e/stage/client.ts'
import type { Client } from '#e2e/stage/client.ts'
import { startServer } from '#e2e/stage/server.ts'
import type { StagedServer } from '#e2e/stage/server.ts'

const PUBLIC = '93.184.215.14'
const NAMES: Readonly<Record<string, readonly string[]>> = {
  'loop.test': ['127.0.0.1'],
  'other-loop.test': ['127.8.8.8'],
  'six.test': ['::1'],
  'mapped.test': ['::ffff:127.0.0.1'],
  'zero.test': ['0.0.0.0'],
  'link.test': ['169.254.169.254'],
  'link-six.test': ['fe80::1'],
  'private.test': ['10.0.0.7'],
  'carrier.test': ['100.64.0.1'],
  'unique.test': ['fd00::1'],
  'mixed.test': [PUBLIC, '127.0.0.1'],
}
const FLIPS = 'flip.test'
const ASKS = 60
const root = process.getuid?.() === 0

/** Asks for argv[2] as often as argv[3] says, and leaves each time before a dial can take long. */
const ASK = `
const { connect } = require('node:net')
const [, , host, times] = process.argv
const heads = {}
const one = () => new Promise((done) => {
  const socket = connect(3128, '127.0.0.1', () => socket.write('CONNECT ' + host + ' HTTP/1.1\\r\\nHost: ' + host + '\\r\\n\\r\\n'))
  const end = (what) => { heads[what] = (heads[what] ?? 0) + 1; socket.destroy(); done() }
  const late = setTimeout(end, 1000, 'dials')
  socket.once('data', (bytes) => { clearTimeout(late); end(/^HTTP.1.1 (\\d+)/.exec(bytes)[1] + ' ' + (/reason=(\\S+)/.exec(bytes)?.[1] ?? '')) })
  socket.on('error', () => {})
})
let left = Number(times)
const worker = async () => { while (left-- > 0) await one() }
Promise.all(Array.from({ length: 10 }, worker)).then(() => console.log(JSON.stringify(heads)))`

describe.runIf(root)('a listed name', () => {
  let folder: string
  let hosts: string
  let canary: Server
  let server: StagedServer
  let client: Client
  let hits = 0
  let port = 0

  const ask = async (host: string, times: number) => {
    const cmd = `/opt/chispart/bin/node /work/app/ask.cjs ${host}:${port} ${times}`
    const { events } = await client.call('exec', { cmd, timeout: 60_000 })
    return JSON.parse((events as { data: string }[]).map(({ data }) => data).join('')) as Record<
      string,
      number
    >
  }
  const told = (flips: string) => {
    const names = { ...NAMES, [FLIPS]: [flips], 'public.test': [PUBLIC], localhost: ['127.0.0.1'] }
    return Object.entries(names)
      .flatMap(([name, addresses]) => addresses.map((address) => `${address} ${name}\n`))
      .join('')
  }

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rebinding-'))
    hosts = join(folder, 'hosts')
    canary = createServer((socket) => void socket.end(String((hits += 1)))).listen(0, '::')
    await once(canary, 'listening')
    port = (canary.address() as AddressInfo).port
    await writeFile(hosts, told(PUBLIC))
    const egress = join(folder, 'egress.json')
    const allow = [...Object.keys(NAMES), FLIPS, 'public.test'].map((name) => `${name}:${port}`)
    await writeFile(egress, JSON.stringify({ allow }))
    server = await startServer({
      env: { CHISPART_SANDBOX: 'bubblewrap', CHISPART_EGRESS: egress },
      before: ['unshare', '-m', 'sh', '-c', 'mount --bind "$0" /etc/hosts && exec "$@"', hosts],
    })
    client = await connect(server.url, server.ownerToken)
    expect(await client.call('file.write', { path: 'ask.cjs', content: ASK })).toMatchObject({ ok: true })
  })
  afterAll(async () => {
    await client.close()
    await server.close()
    canary.close()
    await rm(folder, { recursive: true })
  })

  it('with a public address is let through as far as its host', async () => {
    expect(Object.keys(await ask('public.test', 1))).toEqual([
      expect.stringMatching(/^(?:dials|502 unreachable)$/),
    ])
  })

  it.each(Object.keys(NAMES))('is refused for where it leads: %s', async (name) => {
    expect(await ask(name, 1)).toEqual({ '403 not-public': 1 })
    expect(hits).toBe(0)
  })

  it('that changes its address all the time leads home at no moment', { timeout: 90_000 }, async () => {
    let turning = true
    const turn = async () => {
      for (let n = 0; turning; n++) {
        // In place: the server's world holds this very file.
        await writeFile(hosts, told(n % 2 === 0 ? '127.0.0.1' : PUBLIC))
        await wait(3)
      }
    }
    const turned = turn()
    const heads = await ask(FLIPS, ASKS)
    turning = false
    await turned
    // Both of its faces were met.
    expect(heads['403 not-public']).toBeGreaterThan(0)
    expect((heads['dials'] ?? 0) + (heads['502 unreachable'] ?? 0)).toBeGreaterThan(0)
    expect(Object.keys(heads).filter((head) => head.startsWith('200'))).toEqual([])
    expect(hits).toBe(0)
  })
})
