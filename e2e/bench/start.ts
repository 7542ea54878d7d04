// How soon a prompt is there in a workspace that runs.
import { percentiles } from './figures.ts'
import type { Figure } from './figures.ts'
import type { Reader } from './reader.ts'
import { openShell } from './shell.ts'

const OPENS = 20

export async function start(connect: () => Promise<Reader>): Promise<Figure[]> {
  const reader = await connect()
  await (await openShell(reader)).close()
  const warm: number[] = []
  for (let n = 0; n < OPENS; n++) {
    const began = performance.now()
    const shell = await openShell(reader)
    warm.push(performance.now() - began)
    await shell.close()
  }
  await reader.close()
  const open = percentiles(warm).p50
  return [{ name: 'open to first byte, warm, p50', value: open, unit: 'ms', goal: '< 50', met: open < 50 }]
}
