// The attack suite: every way out of a workspace, and every way to harm those beside it, that we know. All are refused, and
// afterwards host, server and neighbour are as they were. The attacks are data in e2e/attacks, for other drivers too.
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Outside } from '#e2e/attacks/attack.ts'
import { FILES } from '#e2e/attacks/files.ts'
import { GREED } from '#e2e/attacks/greed.ts'
import { HOST } from '#e2e/attacks/host.ts'
import { KERNEL } from '#e2e/attacks/kernel.ts'
import { NETWORK } from '#e2e/attacks/network.ts'
import { startBystander } from '#e2e/stage/bystander.ts'
import { connect } from '#e2e/stage/client.ts'
import type { Answer, Client } from '#e2e/stage/client.ts'
import { startServer } from '#e2e/stage/server.ts'
import type { StagedServer } from '#e2e/stage/server.ts'

const MIB = 1_048_576
/** What a ping may take at the 99th of 100, and what a machine that is busy with other things adds. */
const QUICK_MS = 100
const NOISE = 4

let folder: string
let server: StagedServer
let client: Client
let canary: Server
let outside: Outside
let hits = 0
let neighbour: { files: string; pid: string }

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'attacked-'))
  const [hostFile, hostText] = [join(folder, 'host.txt'), `CANARY ${randomBytes(16).toString('hex')}`]
  await writeFile(hostFile, hostText, { mode: 0o644 })
  canary = createServer((_, response) => {
    hits += 1
    response.end(hostText)
  })
  canary.on('connection', () => (hits += 1)).listen(0, '::')
  await once(canary, 'listening')
  server = await startServer()
  outside = {
    serverPid: server.process.pid ?? 0,
    serverPort: Number(new URL(server.url).port),
    canaryPort: (canary.address() as AddressInfo).port,
    hostAddress: addressOfHost(),
    hostFile,
    hostText,
    dataDir: server.dataDir,
  }
  client = await connect(server.url, server.ownerToken)
  for (const name of ['evil', 'mad', 'neighbour']) await client.call('workspace.create', { name })
  neighbour = await settle()
})
afterAll(async () => {
  await client.close()
  await server.close()
  canary.close()
  await rm(folder, { recursive: true })
})

async function run(workspace: string, cmd: string, timeout = 20_000): Promise<string> {
  const answer = await client.call('exec', { workspace, cmd, timeout })
  const said = (answer.events as { data?: string }[]).map(({ data }) => data ?? '').join('')
  return answer['ok'] === true ? said : `${said}${codeOf(answer)}`
}

/** A neighbour with files whose bytes are known and a process that works, out of its call's group before the call ends. */
async function settle(): Promise<typeof neighbour> {
  const fill =
    'mkdir -p kept; for n in {1..32}; do head -c 65536 /dev/urandom >kept/$n; done; sha256sum kept/*'
  const files = await run('neighbour', fill)
  const pid = await run(
    'neighbour',
    'setsid sleep 600 >/dev/null 2>&1 & until grep -q sleep /proc/$!/comm; do :; done; echo $!',
  )
  return { files, pid: pid.trim() }
}

it('the canary sings for who does reach it', async () => {
  const answer = await fetch(`http://127.0.0.1:${outside.canaryPort}/`, { headers: { connection: 'close' } })
  expect(await answer.text()).toBe(outside.hostText)
  expect(hits).toBeGreaterThan(0)
  hits = 0
})

describe('from inside a workspace', () => {
  it('there are enough ways to try', () =>
    expect(HOST.length + KERNEL.length + NETWORK.length + FILES.length + GREED.length).toBeGreaterThan(150))

  it.each([
    ['the host', HOST],
    ['the kernel', KERNEL],
    ['the network', NETWORK],
  ] as const)('no attack on %s succeeds', { timeout: 90_000 }, async (_, attacks) => {
    const breaches: unknown[] = []
    for (const { name, command, refused, never } of attacks) {
      const said = await run('evil', `LC_ALL=C; ${command(outside)}`)
      const isBreach = !refused.test(said) || never?.test(said) === true || said.includes(outside.hostText)
      if (isBreach) breaches.push([name, said.slice(0, 300)])
    }
    expect(breaches).toEqual([])
  })

  it.each(FILES)('an op refuses $name', async ({ prepare, op, input, codes }) => {
    await run('evil', `mkdir -p /work/files; cd /work/files; ${prepare}`)
    const path = (key: string) =>
      typeof input[key] === 'string' && !input[key].startsWith('/')
        ? { [key]: `/work/files/${input[key]}` }
        : {}
    const answer = await client.call(op, {
      workspace: 'evil',
      ...input,
      ...path('path'),
      ...path('from'),
      ...path('to'),
    })
    expect(codes).toContain(codeOf(answer))
    expect(await run('evil', 'echo alive')).toBe('alive\n')
  })
})

it.each(['TERM', 'KILL'])(
  'whoever ends the runtime by SIG%s has another with the next call',
  async (signal) => {
    await run('evil', `(trap "" TERM; kill -${signal} -1)`)
    const began = performance.now()
    expect(await run('evil', 'echo back')).toBe('back\n')
    expect(performance.now() - began).toBeLessThan(10_000)
    expect(await run('neighbour', 'echo untouched')).toBe('untouched\n')
  },
)

describe('a workspace that takes all it can get', () => {
  let noise = 0

  beforeAll(async () => {
    const peace = await startBystander(server.url, server.ownerToken)
    await run('neighbour', 'sleep 1')
    noise = await peace.p99()
  })

  it.each(GREED)('of $name leaves the server quick', { retry: 2, timeout: 60_000 }, async (greed) => {
    const bystander = await startBystander(server.url, server.ownerToken)
    await run('mad', greed.command, greed.timeout)
    expect(await bystander.p99()).toBeLessThan(QUICK_MS + NOISE * noise)
    await client.call('workspace.stop', { workspace: 'mad' })
    expect(await run('mad', 'echo back')).toBe('back\n')
  })
})

describe('after all of it', () => {
  it('the host is as it was, and nobody came through to it', async () => {
    expect(hits).toBe(0)
    expect(
      createHash('sha256')
        .update(await readFile(outside.hostFile))
        .digest('hex'),
    ).toBe(createHash('sha256').update(outside.hostText).digest('hex'))
    expect((await stat(outside.hostFile)).nlink).toBe(1)
    const status = await readFile(`/proc/${outside.serverPid}/status`, 'utf8')
    expect(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) * 1024).toBeLessThan(600 * MIB)
  })

  it('every byte of the neighbour is whole, and its process works on', async () => {
    expect(await run('neighbour', 'sha256sum kept/*')).toBe(neighbour.files)
    expect(await run('neighbour', `kill -0 ${neighbour.pid} && ls`)).toBe('kept\n')
  })

  it('the attacked workspace itself still answers', async () => {
    expect(await run('evil', 'echo alive')).toBe('alive\n')
    expect(await client.call('workspace.list')).toMatchObject({ ok: true })
  })
})

function addressOfHost(): string {
  const found = Object.values(networkInterfaces())
    .flat()
    .find((one) => one?.family === 'IPv4' && !one.internal)
  return found?.address ?? '127.0.0.1'
}

function codeOf(answer: Answer): string {
  return (answer['error'] as { code: string } | undefined)?.code ?? 'ok'
}
