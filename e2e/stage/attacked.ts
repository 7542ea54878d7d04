// A server to be attacked: a canary on the host, a neighbour with things worth reaching, and a person of every plan. It
// attacks nothing itself.
import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { SignJWT } from 'jose'
import type { Outside } from '#e2e/attacks/attack.ts'
import { SHARED, SHM_KEY } from '#e2e/attacks/neighbour.ts'
import { TRUSTED } from '#e2e/attacks/tunnel.ts'
import { connect } from './client.ts'
import type { Answer, Client } from './client.ts'
import { openDatabase } from './database.ts'
import { ROOT } from './command.ts'
import { startServer } from './server.ts'
import type { StagedServer, StageOptions } from './server.ts'

const SECRET = 'a-signing-secret-of-the-attacked-0123456789'
/** Of the owner; whoever has no other plan. */
export const OWNER_PLAN = 'libre'
/** Each person's own workspace. */
export const LAIR = 'lair'
const asked = promisify(execFile)

export interface Attacked {
  readonly server: StagedServer
  readonly outside: Outside
  /** The owner, who has the neighbour and a workspace of each name in `more`. */
  readonly owner: Client
  /** By plan: a person with the workspace LAIR. */
  readonly people: ReadonlyMap<string, Client>
  /** Connections to the canary since the last time that this was asked. */
  hits(): number
  /** What a command of the owner says, faults as their code. */
  run(workspace: string, cmd: string, timeout?: number): Promise<string>
  /** What the neighbour's files are, and what they were at first. */
  readonly kept: string
  close(): Promise<void>
}

export const plansOf = async () =>
  Object.keys(JSON.parse(await readFile(join(ROOT, 'config/allowlist.json'), 'utf8')) as object)

export async function openAttacked(more: readonly string[], options: StageOptions = {}): Promise<Attacked> {
  const folder = await mkdtemp(join(tmpdir(), 'attacked-'))
  const canary = await openCanary(folder)
  const listed = await listedHost()
  const egress = join(folder, 'egress.json')
  const trusted = TRUSTED.map((host) => `${host}:${canary.port}`)
  await writeFile(egress, JSON.stringify({ allow: ['npm'], trusted }))
  const env = { JWT_SECRET: SECRET, CHISPART_EGRESS: egress, ...options.env }
  const server = await startServer({ ...options, env })
  const owner = await connect(server.url, server.ownerToken)
  for (const name of ['neighbour', ...more]) mustBeOk(await owner.call('workspace.create', { name }))
  const run = async (workspace: string, cmd: string, timeout = 20_000) => {
    const answer = await owner.call('exec', { workspace, cmd, timeout })
    return said(answer)
  }
  const { kept, neighbour } = await settle(owner, run)
  const people = await invite(server, await plansOf())
  const outside = {
    serverPid: server.process.pid ?? 0,
    serverPort: Number(new URL(server.url).port),
    canaryPort: canary.port,
    hostAddress: addressOfHost(),
    hostFile: canary.file,
    hostText: canary.text,
    dataDir: server.dataDir,
    neighbour,
    listed,
  }
  return {
    server,
    outside,
    owner,
    people,
    hits: canary.hits,
    run,
    kept,
    async close() {
      for (const client of people.values()) await client.call('workspace.remove', { workspace: LAIR })
      for (const client of [owner, ...people.values()]) await client.close()
      await server.close()
      canary.close()
      await rm(folder, { recursive: true })
    },
  }
}

export function codeOf(answer: Answer): string {
  return (answer['error'] as { code: string } | undefined)?.code ?? 'ok'
}

export function said(answer: Answer): string {
  const text = (answer.events as { data?: string }[]).map(({ data }) => data ?? '').join('')
  return answer['ok'] === true ? text : `${text}${codeOf(answer)}`
}

function mustBeOk(answer: Answer): void {
  if (answer['ok'] !== true) throw new Error(JSON.stringify(answer))
}

interface Canary {
  readonly port: number
  readonly file: string
  readonly text: string
  hits(): number
  close(): void
}

async function openCanary(folder: string): Promise<Canary> {
  const [file, text] = [join(folder, 'host.txt'), `CANARY ${randomBytes(16).toString('hex')}`]
  await writeFile(file, text, { mode: 0o644 })
  let count = 0
  const server = createServer((_, response) => void response.end(text))
  server.on('connection', () => (count += 1)).listen(0, '::')
  await once(server, 'listening')
  const hits = () => {
    const seen = count
    count = 0
    return seen
  }
  return { port: (server.address() as AddressInfo).port, file, text, hits, close: () => void server.close() }
}

/** The registry of this machine's own npm, which the group `npm` stands for. */
async function listedHost(): Promise<string> {
  const { stdout } = await asked('npm', ['config', 'get', 'registry'], { cwd: tmpdir() })
  const { hostname, port, protocol } = new URL(stdout.trim())
  if (protocol !== 'https:') throw new Error('The registry of this machine speaks no TLS.')
  return `${hostname}:${port || 443}`
}

/** Files whose bytes are known, and one of everything that others might reach. */
async function settle(owner: Client, run: Attacked['run']) {
  const fill =
    'mkdir -p kept; for n in {1..32}; do head -c 65536 /dev/urandom >kept/$n; done; sha256sum kept/*'
  const kept = await run('neighbour', fill)
  const serve = `const net = require('net'); net.createServer().listen('\\0${SHARED}'); net.createServer().listen(0, '127.0.0.1', function () { require('fs').writeFileSync('port', String(this.address().port)) })`
  const asleep = `${SHARED.length}${Date.now() % 100_000}`
  const begin = [
    'export LC_ALL=C',
    `echo hers >/tmp/${SHARED}`,
    `echo hers >/dev/shm/${SHARED}`,
    'chmod -R a+rwX kept',
    `perl -e '$id = shmget(${SHM_KEY}, 4096, 01666); shmwrite($id, "HERS", 0, 4)'`,
    // Out of the call's group before the call ends.
    `setsid sleep ${asleep} >/dev/null 2>&1 &`,
    `setsid /opt/chispart/bin/node -e "${serve.replaceAll('$', '\\$')}" >/dev/null 2>&1 &`,
    'until [ -s port ]; do read -t 0.05 <> <(:); done; cat port',
  ].join('\n')
  const port = Number(await run('neighbour', begin))
  const { workspaces } = (await owner.call('workspace.list')) as unknown as {
    workspaces: { id: string; name: string }[]
  }
  const id = workspaces.find(({ name }) => name === 'neighbour')?.id ?? ''
  return { kept, neighbour: { id, port, pid: await pidOf(`sleep\0${asleep}\0`) } }
}

/** As the host counts. */
async function pidOf(commandLine: string): Promise<number> {
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue
    const text = await readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '')
    if (text === commandLine) return Number(name)
  }
  throw new Error('The neighbour does not sleep.')
}

/** One member a plan, each with a workspace. */
async function invite(server: StagedServer, plans: readonly string[]): Promise<Map<string, Client>> {
  const database = await openDatabase(server.dataDir)
  const people = new Map<string, Client>()
  for (const plan of plans) {
    const id = `of-${plan}`
    await database.sql`insert into users (id, name, role, plan) values (${id}, ${id}, 'member', ${plan})`
    const token = await new SignJWT({})
      .setProtectedHeader({ alg: 'HS256', typ: 'chispart+jwt' })
      .setSubject(id)
      .setJti(crypto.randomUUID())
      .setIssuer('chispart')
      .setAudience('chispart')
      .setExpirationTime('30m')
      .sign(new TextEncoder().encode(SECRET))
    const client = await connect(server.url, token)
    mustBeOk(await client.call('workspace.create', { name: LAIR }))
    people.set(plan, client)
  }
  await database.close()
  return people
}

function addressOfHost(): string {
  const found = Object.values(networkInterfaces())
    .flat()
    .find((one) => one?.family === 'IPv4' && !one.internal)
  return found?.address ?? '127.0.0.1'
}
