// How soon the prompt of a new workspace is there, cold and from the pool, in bubblewrap and Docker; how long thirty take
// at once; and what an idle one weighs. Servers of its own, because each has another pool and another kind of sandbox.
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { firstProcess, namespaceOf, processesIn } from '#e2e/stage/sandbox.ts'
import { startServer } from '#e2e/stage/server.ts'
import type { StagedServer } from '#e2e/stage/server.ts'
import { openTestEngine } from '#server/fleet/drivers/docker/test-engine.ts'
import { median } from './figures.ts'
import type { Figure } from './figures.ts'
import { connectReader } from './reader.ts'
import type { Reader } from './reader.ts'
import { openShell } from './shell.ts'

const CREATES = 9
const MANY = 30
const SETTLED_MS = 3000
const REFILLED_MS = 20_000
/** Between two calls of somebody else. A machine that rests for a second takes up to 0.1 s for whatever it is asked next. */
const AWAKE_MS = 20

type Env = Record<string, string>

export async function sandboxes(): Promise<Figure[]> {
  const own = { CHISPART_SANDBOX: 'bubblewrap' }
  const figures = [
    ...(await within({ ...own, CHISPART_POOL: '0' }, async (server, reader) => [
      first('new workspace to prompt, bubblewrap cold', await creates(reader), 150),
      ...(await many(server, reader)),
    ])),
    ...(await within({ ...own, CHISPART_POOL: '1' }, async (server, reader) => [
      first('new workspace to prompt, bubblewrap pool', await creates(reader, server), 50),
    ])),
  ]
  return [...figures, ...(await docker())]
}

async function docker(): Promise<Figure[]> {
  const engine = await openTestEngine()
  if (typeof engine === 'string') {
    console.log(`  no figures of Docker: ${engine}`)
    return []
  }
  const { socketPath, image } = engine
  const own = {
    CHISPART_SANDBOX: 'docker',
    CHISPART_SANDBOX_IMAGE: image,
    DOCKER_HOST: `unix://${socketPath}`,
  }
  try {
    return [
      ...(await within({ ...own, CHISPART_POOL: '0' }, async (_, reader) => [
        first('new workspace to prompt, Docker cold', await creates(reader), 400),
      ])),
      ...(await within({ ...own, CHISPART_POOL: '1' }, async (server, reader) => [
        first('new workspace to prompt, Docker pool', await creates(reader, server), 50),
      ])),
    ]
  } finally {
    await engine.close()
  }
}

async function within(
  env: Env,
  act: (server: StagedServer, reader: Reader) => Promise<Figure[]>,
): Promise<Figure[]> {
  const server = await startServer({ env })
  try {
    const reader = await connectReader(server.url, server.ownerToken)
    // What only the first workspace of a server pays for is no figure of a workspace.
    await prompt(reader, 'warm')
    await reader.call('workspace.remove', { workspace: 'warm' })
    const figures = await act(server, reader)
    await reader.close()
    return figures
  } finally {
    await server.close()
  }
}

/** Milliseconds to each prompt, one after the other; with `pooled`, each begins when one waits again. */
async function creates(reader: Reader, pooled?: StagedServer): Promise<number[]> {
  const taken: number[] = []
  for (let n = 0; n < CREATES; n++) {
    const waiting = pooled && (await oneWaits(pooled, reader))
    const { ms, id } = await prompt(reader, `new-${n}`)
    if (waiting !== undefined && waiting !== id) throw new Error('It did not come from the pool.')
    taken.push(ms)
    await reader.call('workspace.remove', { workspace: id })
  }
  return taken
}

/** Milliseconds from the wish for a workspace to its prompt. */
async function prompt(reader: Reader, name: string): Promise<{ ms: number; id: string }> {
  const began = performance.now()
  const { workspace } = (await reader.call('workspace.create', { name })) as { workspace: { id: string } }
  await openShell(reader, name)
  return { ms: performance.now() - began, id: workspace.id }
}

/** It is marked, and little has happened for long enough for it to be ready; whether it was is seen by its id. */
async function oneWaits({ dataDir }: StagedServer, reader: Reader): Promise<string> {
  const until = performance.now() + REFILLED_MS
  for (;;) {
    const [id] = await readdir(join(dataDir, 'fleet/pool')).catch(() => [])
    if (id !== undefined) {
      await stayAwake(reader, SETTLED_MS)
      return id
    }
    if (performance.now() > until) throw new Error('No sandbox waits.')
    await wait(50)
  }
}

async function stayAwake(reader: Reader, ms: number): Promise<void> {
  for (const until = performance.now() + ms; performance.now() < until; await wait(AWAKE_MS))
    await reader.call('workspace.list', {})
}

async function many({ dataDir }: StagedServer, reader: Reader): Promise<Figure[]> {
  const began = performance.now()
  const made = await Promise.all(Array.from({ length: MANY }, (_, n) => prompt(reader, `many-${n}`)))
  const seconds = (performance.now() - began) / 1000
  await wait(SETTLED_MS)
  const weights = await Promise.all(made.map(({ id }) => privateMiB(dataDir, id)))
  const each = median(weights)
  return [
    { name: `${MANY} new workspaces at once`, value: seconds, unit: 's', goal: '≤ 2.5', met: seconds <= 2.5 },
    { name: 'idle sandbox at its prompt, private', value: each, unit: 'MiB', goal: '≤ 20', met: each <= 20 },
  ]
}

/** Private_Clean and Private_Dirty of every process inside (proc_pid_smaps(5)); shared text of node counts for none. */
async function privateMiB(dataDir: string, id: string): Promise<number> {
  const namespace = await namespaceOf((await firstProcess(dataDir, id)) ?? 0)
  const pids = namespace === undefined ? [] : await processesIn(namespace)
  const texts = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/smaps_rollup`, 'utf8')))
  const sizes = texts.flatMap((text) => [...text.matchAll(/^Private_(?:Clean|Dirty):\s+(\d+)/gm)])
  return sizes.reduce((sum, [, kibibytes]) => sum + Number(kibibytes), 0) / 1024
}

function first(name: string, times: readonly number[], goal: number): Figure {
  const value = median(times)
  return { name: `${name}, p50`, value, unit: 'ms', goal: `≤ ${goal}`, met: value <= goal }
}
