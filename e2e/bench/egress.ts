// What the way out costs: a new TLS connection with one small answer, and one long download, through relay and proxy
// against the same host directly, and against two hops that only pipe, in turns.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { request } from 'node:http'
import { get } from 'node:https'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { connect as secure } from 'node:tls'
import { NAME } from './egress-parts.ts'
import { median } from './figures.ts'
import type { Figure } from './figures.ts'

const PARTS = fileURLToPath(new URL('./egress-parts.ts', import.meta.url))
const REQUESTS = 200
const DOWNLOADS = 9
const MEGABYTES = 200
/** MiB a second of a network of one gigabit. */
const GIGABIT = 119
const SLOW_DOWNLOADS = 3

type Open = () => Promise<Socket>

/** A process of egress-parts.ts. */
interface Part {
  readonly port: number
  readonly cert: string
  /** Seconds of CPU so far. */
  cpu(): Promise<number>
}

interface Way {
  readonly open: Open
  /** What is between the client and the host. */
  readonly hops: readonly Part[]
}

interface Measured {
  /** Milliseconds, median. */
  readonly ms: number
  /** Seconds of the hops' CPU each time: what counts where others use the machine too. */
  readonly cpu: number
}

export async function egress(): Promise<Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-egress-'))
  const ends: (() => unknown)[] = [() => rm(folder, { recursive: true })]
  const start = async (...args: string[]) => {
    const { part, end } = await startPart(args)
    ends.push(end)
    return part
  }
  try {
    const host = await start('host')
    const [product, pipes] = [join(folder, 'egress.sock'), join(folder, 'pipe.sock')]
    const hops = [await start('proxy', product, String(host.port)), await start('relay', product)]
    const piped = [await start('pipe', pipes, String(host.port)), await start('pipe', '', pipes)]
    const at = (port = 0) => opened(connect({ port, host: '127.0.0.1', noDelay: true }))
    const ways = [
      { open: () => at(host.port), hops: [] },
      { open: () => tunnelBy(hops[1]?.port ?? 0), hops },
      { open: () => at(piped[1]?.port), hops: piped },
    ]
    const small = await inTurns(REQUESTS, '0', host.cert, ways)
    const large = await inTurns(DOWNLOADS, String(MEGABYTES), host.cert, ways)
    const paced = await inTurns(SLOW_DOWNLOADS, `${MEGABYTES}/${GIGABIT}`, host.cert, ways.slice(0, 2))
    return [...figuresOf(small, large), ...figuresOfGigabit(paced)]
  } finally {
    for (const end of ends.reverse()) await end()
  }
}

function figuresOf(small: readonly Measured[], large: readonly Measured[]): Figure[] {
  const rates = large.map(({ ms }) => (MEGABYTES * 1.048_576) / (ms / 1000))
  const of = (i: number) => (rates[i] ?? 0) / (rates[0] ?? 1)
  const more = (i: number) => (small[i]?.ms ?? 0) - (small[0]?.ms ?? 0)
  const cpu = (i: number) => large[i]?.cpu ?? 0
  const seen = (name: string, value: number, unit: string) => ({ name, value, unit, goal: '-', met: true })
  return [
    seen('connect + TLS + GET, directly, p50', small[0]?.ms ?? 0, 'ms'),
    { name: 'and by the proxy', value: more(1), unit: 'ms', goal: '<= +2', met: more(1) <= 2 },
    seen('and by two hops of piped streams', more(2), 'ms'),
    seen(`${MEGABYTES} MB over TLS, directly`, rates[0] ?? 0, 'MB/s'),
    { name: 'and by the proxy, of that', value: of(1), unit: 'x', goal: '>= 0.9', met: of(1) >= 0.9 },
    seen('and by two hops of piped streams', of(2), 'x'),
    seen('CPU of proxy and relay for them', cpu(1), 's'),
    seen('CPU of two hops of piped streams', cpu(2), 's'),
  ]
}

/** What of the rate of a network is left: the processes at both of its ends are not on this machine then. */
function figuresOfGigabit([directly, byProxy]: readonly Measured[]): Figure[] {
  const share = (directly?.ms ?? 0) / (byProxy?.ms ?? 1)
  const rate = (MEGABYTES * 1.048_576) / ((directly?.ms ?? 0) / 1000)
  return [
    { name: 'and from a host behind a gigabit', value: rate, unit: 'MB/s', goal: '-', met: true },
    { name: 'and by the proxy, of that', value: share, unit: 'x', goal: '>= 0.9', met: share >= 0.9 },
  ]
}

async function startPart(args: readonly string[]): Promise<{ part: Part; end: () => void }> {
  const child = fork(PARTS, args)
  const [said] = (await once(child, 'message')) as [{ port: number; cert: string }]
  const part = {
    ...said,
    async cpu() {
      child.send('cpu')
      const [{ user, system }] = (await once(child, 'message')) as [NodeJS.CpuUsage]
      return (user + system) / 1e6
    },
  }
  return { part, end: () => child.disconnect() }
}

async function inTurns(times: number, path: string, ca: string, ways: readonly Way[]): Promise<Measured[]> {
  const all = ways.map((): { ms: number[]; cpu: number } => ({ ms: [], cpu: 0 }))
  for (let n = 0; n < times; n++)
    for (const [i, { open, hops }] of ways.entries()) {
      const [one, before] = [all[i], await cpuOf(hops)]
      one?.ms.push(await timed(open, path, ca))
      if (one) one.cpu += (await cpuOf(hops)) - before
    }
  return all.map(({ ms, cpu }) => ({ ms: median(ms), cpu: cpu / times }))
}

async function cpuOf(parts: readonly Part[]): Promise<number> {
  return (await Promise.all(parts.map((part) => part.cpu()))).reduce((sum, one) => sum + one, 0)
}

async function timed(open: Open, path: string, ca: string): Promise<number> {
  const began = performance.now()
  const socket = secure({ socket: await open(), servername: NAME, ca })
  await once(socket, 'secureConnect')
  await new Promise<void>((done, fail) => {
    const asked = get(
      { path: `/${path}`, headers: { host: NAME }, createConnection: () => socket },
      (answer) => {
        answer.resume().once('end', done)
      },
    )
    asked.once('error', fail)
  })
  socket.destroy()
  return performance.now() - began
}

async function opened(socket: Socket): Promise<Socket> {
  await once(socket, 'connect')
  return socket
}

async function tunnelBy(port: number): Promise<Socket> {
  const asked = request({
    port,
    host: '127.0.0.1',
    method: 'CONNECT',
    path: `${NAME}:443`,
    agent: false,
  }).end()
  const [, socket] = (await once(asked, 'connect')) as [unknown, Socket]
  return socket
}
