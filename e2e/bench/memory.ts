// What server and runtime weigh: beside a reader that stalls, and per idle terminal. Figures are of anonymous memory,
// because the text of node is shared by all.
import { readFileSync, readdirSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import type { Figure } from './figures.ts'
import { numberedLines } from './numbered.ts'
import type { Reader } from './reader.ts'
import { openShell } from './shell.ts'

const STALL_MS = 20_000
const TERMINALS = 200
const LINES = 2_000_000

/** Kilobytes of the server and of every runtime below it. */
export function weight(server: number): number {
  return [server, ...descendants(server).filter(isRuntime)].map(anonymous).reduce((a, b) => a + b, 0)
}

function anonymous(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return Number(/RssAnon:\s+(\d+)/.exec(status)?.[1] ?? 0)
}

const isRuntime = (pid: number) =>
  /node\0.*runtime\/main\.js\0/.test(readFileSync(`/proc/${pid}/cmdline`, 'utf8'))

function descendants(root: number): number[] {
  const parents = new Map<number, number[]>()
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    const parent = parentOf(Number(name))
    if (parent !== undefined) parents.set(parent, [...(parents.get(parent) ?? []), Number(name)])
  }
  const below = (pid: number): number[] =>
    (parents.get(pid) ?? []).flatMap((child) => [child, ...below(child)])
  return below(root)
}

/** Undefined when the process has ended since it was listed. */
function parentOf(pid: number): number | undefined {
  try {
    return Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1])
  } catch {
    return undefined
  }
}

/** A reader stalls for 20 s amid numbered lines, then reads on: nothing grows, and no byte is lost. */
export async function stall(connect: () => Promise<Reader>, server: number): Promise<Figure[]> {
  const reader = await connect()
  const lines = await numberedLines(reader, LINES)
  const before = weight(server)
  lines.begin()
  await wait(100)
  reader.stall()
  await wait(STALL_MS)
  const grown = (weight(server) - before) / 1000
  reader.flow()
  const lost = await lines.lost()
  await lines.close()
  await reader.close()
  return [
    { name: 'growth beside a reader stalled 20 s', value: grown, unit: 'MB', goal: '< 8', met: grown < 8 },
    { name: 'bytes lost over the stall', value: lost, unit: 'B', goal: '0, in order', met: lost === 0 },
  ]
}

/** Idle terminals in one workspace, each with its shell at a prompt; the shells themselves are not counted. */
export async function idle(connect: () => Promise<Reader>, server: number): Promise<Figure[]> {
  const reader = await connect()
  const first = await openShell(reader)
  await wait(500)
  const before = weight(server)
  const shells = []
  for (let n = 0; n < TERMINALS; n++) shells.push(await openShell(reader))
  await wait(2000)
  const each = (weight(server) - before) / TERMINALS
  for (const shell of [first, ...shells]) await shell.close()
  await reader.close()
  return [{ name: '200 idle terminals, each', value: each, unit: 'kB', goal: '≤ 40', met: each <= 40 }]
}
