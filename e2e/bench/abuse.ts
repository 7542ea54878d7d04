// What others wait for while one workspace does its worst, beside the least that any server of this machine would make them
// wait, and whether a neighbour's bytes are whole.
import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { startBystander } from '#e2e/stage/bystander.ts'
import { startServer } from '#e2e/stage/server.ts'
import type { Figure } from './figures.ts'
import { numberedLines } from './numbered.ts'
import { connectReader } from './reader.ts'
import type { Reader } from './reader.ts'
import { openShell } from './shell.ts'

const BARE = fileURLToPath(new URL('./bare.ts', import.meta.url))
const LASTS_MS = 8000
const PAUSE_MS = 4
const QUICK_MS = 100
/** A thousand at a time, over all of it. */
const LINES = 300_000
const LINES_PAUSE_MS = 150
const GIGABYTE = 1_000_000_000

type Abuse = (mad: Reader) => Promise<unknown>

const command =
  (cmd: string): Abuse =>
  (mad) =>
    mad.call('exec', { workspace: 'mad', cmd, timeout: LASTS_MS }).catch(() => undefined)

const ABUSES: Readonly<Record<string, Abuse>> = {
  peace: () => wait(LASTS_MS / 2),
  'a fork bomb': command('bomb() { bomb | bomb & }; bomb; sleep 60'),
  'a memory hog': command(`while :; do perl -e '$kept[$_] = "x" x (1 << 24) for 1 .. 640'; done`),
  'a disk fill': command('while :; do head -c 50G /dev/zero >/work/fill; rm -f /work/fill; done'),
  '1 GB of output': async (mad) => {
    const shell = await openShell(mad, 'mad')
    // A terminal makes three bytes of the two of each line.
    shell.write(`yes | head -c ${Math.round((GIGABYTE * 2) / 3)}; echo DO""NE\n`)
    await shell.until('DONE\r\n')
  },
}

export async function abuse(): Promise<Figure[]> {
  const server = await startServer({ env: { CHISPART_SANDBOX: 'bubblewrap' } })
  const bare = fork(BARE, ['serve'])
  const [port] = (await once(bare, 'message')) as [number]
  const [mad, quiet] = [await connect(server), await connect(server)]
  for (const name of ['mad', 'neighbour']) await quiet.call('workspace.create', { name })
  const lines = await numberedLines(quiet, LINES, 'neighbour')
  lines.begin(LINES_PAUSE_MS)
  const figures: Figure[] = []
  for (const [name, act] of Object.entries(ABUSES)) {
    const others = await startBystander(server.url, server.ownerToken, PAUSE_MS)
    const asking = fork(BARE, ['ask', String(port), String(PAUSE_MS)])
    await act(mad)
    const [p99, floor] = [await others.p99(), await told(asking)]
    console.log(`  ${name}: p99 ${p99.toFixed(1)} ms, floor ${floor.toFixed(1)} ms`)
    const met = p99 < QUICK_MS
    figures.push({ name: `a call of others beside ${name}, p99`, value: p99, unit: 'ms', goal: '< 100', met })
    await mad.call('workspace.stop', { workspace: 'mad' })
    await mad.call('workspace.start', { workspace: 'mad' })
  }
  const lost = await lines.lost()
  await lines.close()
  for (const reader of [mad, quiet]) await reader.close()
  bare.disconnect()
  await server.close()
  const whole = {
    name: "a neighbour's bytes lost beside all of it",
    value: lost,
    unit: 'B',
    goal: '0, in order',
  }
  return [...figures, { ...whole, met: lost === 0 }]
}

const connect = ({ url, ownerToken }: { url: string; ownerToken: string }) => connectReader(url, ownerToken)

async function told(asking: ChildProcess): Promise<number> {
  const said = once(asking, 'message')
  asking.send('enough')
  const [p99] = (await said) as [number]
  asking.disconnect()
  return p99
}
