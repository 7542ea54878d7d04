// How soon a prompt is there: in a workspace that runs, in a new one, in ten new ones at once.
import { percentiles } from './figures.ts'
import type { Figure } from './figures.ts'
import type { Reader } from './reader.ts'
import { openShell } from './shell.ts'

const OPENS = 20
const CREATES = 7
const AT_ONCE = 10

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
  const fresh: number[] = []
  for (let n = 0; n < CREATES; n++) fresh.push(await firstPrompt(reader, `fresh-${n}`))
  const began = performance.now()
  const names = Array.from({ length: AT_ONCE }, (_, n) => `many-${n}`)
  await Promise.all(names.map((name) => firstPrompt(reader, name, false)))
  const all = (performance.now() - began) / 1000
  for (const name of names) await reader.call('workspace.remove', { workspace: name })
  await reader.close()
  const open = percentiles(warm).p50
  const create = percentiles(fresh).p50
  return [
    { name: 'open to first byte, warm, p50', value: open, unit: 'ms', goal: '< 50', met: open < 50 },
    { name: 'new workspace to prompt, p50', value: create, unit: 'ms', goal: '< 300', met: create < 300 },
    { name: '10 new workspaces at once', value: all, unit: 's', goal: '< 1.5', met: all < 1.5 },
  ]
}

/** Milliseconds from the wish for a workspace to its prompt. */
async function firstPrompt(reader: Reader, name: string, remove = true): Promise<number> {
  const began = performance.now()
  await reader.call('workspace.create', { name })
  await openShell(reader, name)
  const taken = performance.now() - began
  if (remove) await reader.call('workspace.remove', { workspace: name })
  return taken
}
