// What the way out costs: a new TLS connection with one small answer, and one long download, through relay and proxy
// against the same host directly, in turns.
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
const DOWNLOADS = 5
const MEGABYTES = 200

type Open = () => Promise<Socket>

export async function egress(): Promise<Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-egress-'))
  const ends: (() => unknown)[] = [() => rm(folder, { recursive: true })]
  const start = async (...args: string[]) => {
    const child = fork(PARTS, args)
    ends.push(() => child.disconnect())
    return ((await once(child, 'message')) as [{ port: number; cert: string }])[0]
  }
  try {
    const host = await start('host')
    await start('proxy', folder, String(host.port))
    const relay = await start('relay', folder)
    const direct: Open = () => opened(connect({ port: host.port, host: '127.0.0.1', noDelay: true }))
    const tunnel: Open = () => tunnelBy(relay.port)
    const small = await inTurns(REQUESTS, 0, host.cert, [direct, tunnel])
    const large = await inTurns(DOWNLOADS, MEGABYTES, host.cert, [direct, tunnel])
    const rates = large.map((ms) => (MEGABYTES * 1.048_576) / (ms / 1000))
    const [added, ratio] = [(small[1] ?? 0) - (small[0] ?? 0), (rates[1] ?? 0) / (rates[0] ?? 1)]
    return [
      { name: 'connect + TLS + GET, directly, p50', value: small[0] ?? 0, unit: 'ms', goal: '-', met: true },
      { name: 'and by the proxy', value: added, unit: 'ms', goal: '<= +2', met: added <= 2 },
      {
        name: `${MEGABYTES} MB over TLS, directly`,
        value: rates[0] ?? 0,
        unit: 'MB/s',
        goal: '-',
        met: true,
      },
      { name: 'and by the proxy, of that', value: ratio, unit: 'x', goal: '>= 0.9', met: ratio >= 0.9 },
    ]
  } finally {
    for (const end of ends.reverse()) await end()
  }
}

/** Median milliseconds of each way. */
async function inTurns(
  times: number,
  megabytes: number,
  ca: string,
  ways: readonly Open[],
): Promise<number[]> {
  const all = ways.map((): number[] => [])
  for (let n = 0; n < times; n++)
    for (const [i, open] of ways.entries()) all[i]?.push(await timed(open, megabytes, ca))
  return all.map(median)
}

async function timed(open: Open, megabytes: number, ca: string): Promise<number> {
  const began = performance.now()
  const socket = secure({ socket: await open(), servername: NAME, ca })
  await once(socket, 'secureConnect')
  await new Promise<void>((done, fail) => {
    const asked = get(
      { path: `/${megabytes}`, headers: { host: NAME }, createConnection: () => socket },
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
