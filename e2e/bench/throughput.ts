// How fast bytes cross both hops, and how soon keys come back, beside node-pty alone in the same run.
import { execFileSync } from 'node:child_process'
import { rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { median, percentiles } from './figures.ts'
import type { Figure, Percentiles } from './figures.ts'
import { floorEcho, floorThroughput } from './floor.ts'
import { openShell } from './shell.ts'
import type { Reader } from './reader.ts'

const FILE_BYTES = 67_108_864
const ROUNDS = 5
const KEYS = 300
/** A line of a test run, as it is coloured. */
const LINE =
  ' \u001b[32m✓\u001b[39m keeps every byte of a flood, in order, over both hops \u001b[2m(\u001b[22m\u001b[33m1304ms\u001b[39m\u001b[2m)\u001b[22m'
/** The same text on both sides of the sandbox's wall. */
const MAKE = `yes '${LINE}' | head -c ${FILE_BYTES} >`

export async function throughput(connect: (rate?: number) => Promise<Reader>): Promise<Figure[]> {
  const file = join(tmpdir(), `chispart-bench-${process.pid}`)
  execFileSync('bash', ['-c', `${MAKE} ${file}`])
  const reader = await connect()
  await reader.call('exec', { cmd: `${MAKE} /work/big; sync` })
  const ratios: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const floor = await floorThroughput(file)
    const ours = await catSpeed(reader)
    console.log(`  cat: floor ${floor.toFixed(1)} MB/s, ours ${ours.toFixed(1)} MB/s`)
    ratios.push(ours / floor)
  }
  await reader.close()
  console.log(`  ${(await stat(file)).size} bytes a round`)
  await rm(file)
  const value = median(ratios)
  return [{ name: 'cat of 64 MB, ours / floor', value, unit: '×', goal: '≥ 0.85', met: value >= 0.85 }]
}

async function catSpeed(reader: Reader): Promise<number> {
  const shell = await openShell(reader)
  const before = shell.bytes()
  const began = performance.now()
  shell.write('cat /work/big; echo DO""NE\n')
  await shell.until('DONE\r\n')
  const speed = (shell.bytes() - before) / 1e6 / ((performance.now() - began) / 1000)
  await shell.close()
  return speed
}

export async function echo(connect: (rate?: number) => Promise<Reader>): Promise<Figure[]> {
  const reader = await connect()
  const flooder = await connect()
  const floors: number[] = []
  const idles: number[] = []
  for (let round = 0; round < 3; round++) {
    floors.push((await floorEcho(KEYS)).p50)
    idles.push((await keyTimes(reader)).p50)
  }
  const flood = await openShell(flooder)
  flood.write("yes 'a line of a flood that nobody asked for'\n")
  await flood.until('nobody asked for\r\n')
  const beside = await keyTimes(reader)
  await flood.close()
  await Promise.all([reader.close(), flooder.close()])
  const value = median(idles) - median(floors)
  console.log(`  echo: floor ${median(floors).toFixed(2)} ms, ours ${median(idles).toFixed(2)} ms`)
  return [
    { name: 'idle echo p50, above the floor', value, unit: 'ms', goal: '≤ 0.4', met: value <= 0.4 },
    {
      name: 'echo p99 beside a flood',
      value: beside.p99,
      unit: 'ms',
      goal: '≤ 15',
      met: beside.p99 <= 15,
    },
  ]
}

async function keyTimes(reader: Reader): Promise<Percentiles> {
  const shell = await openShell(reader)
  shell.write('stty -icanon; echo REA""DY; cat >/dev/null\n')
  await shell.until('READY\r\n')
  const times: number[] = []
  for (let n = 0; n < KEYS; n++) {
    const key = String.fromCharCode(97 + (n % 26))
    shell.forget()
    const sent = performance.now()
    shell.write(key)
    await shell.until(key)
    times.push(performance.now() - sent)
  }
  await shell.close()
  return percentiles(times)
}

/** From Ctrl-C in a flood that is read at 2 MB/s to the prompt. */
export async function interrupt(connect: (rate?: number) => Promise<Reader>): Promise<Figure[]> {
  const times: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const reader = await connect(2e6)
    const shell = await openShell(reader)
    shell.write("PS1='PRO''MPT> '; yes 'a line of a flood that nobody asked for'\n")
    await shell.pass(4e6)
    shell.forget()
    const sent = performance.now()
    shell.write('\u0003')
    await shell.until('PROMPT> ')
    times.push(performance.now() - sent)
    await shell.close()
    await reader.close()
  }
  const value = median(times)
  return [{ name: 'Ctrl-C to prompt, read at 2 MB/s', value, unit: 'ms', goal: '≤ 60', met: value <= 60 }]
}
