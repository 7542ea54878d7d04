// The figures of terminals against their floor, in one run: `npm run bench [name …]`. It prints, and never gates.
import { startServer } from '#e2e/stage/server.ts'
import { abuse } from './abuse.ts'
import { egress } from './egress.ts'
import { table } from './figures.ts'
import type { Figure } from './figures.ts'
import { idle, stall } from './memory.ts'
import { orphans } from './orphans.ts'
import { connectReader } from './reader.ts'
import { sandboxes } from './sandboxes.ts'
import { start } from './start.ts'
import { echo, interrupt, throughput } from './throughput.ts'
import { verdict } from './verdict.ts'
import { workflow } from './workflow.ts'

const wanted = process.argv.slice(2)
const server = await startServer()
const pid = server.process.pid ?? 0
const connect = (rate?: number) =>
  connectReader(server.url, server.ownerToken, rate === undefined ? {} : { rate })
const BENCHES: Record<string, () => Promise<Figure[]>> = {
  start: () => start(connect),
  sandboxes: () => sandboxes(),
  throughput: () => throughput(connect),
  echo: () => echo(connect),
  interrupt: () => interrupt(connect),
  stall: () => stall(connect, pid),
  idle: () => idle(connect, pid),
  egress: () => egress(),
  abuse: () => abuse(),
  verdict,
  workflow: () => workflow(),
  orphans,
}

const figures: Figure[] = []
try {
  for (const [name, bench] of Object.entries(BENCHES)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue
    console.log(name)
    figures.push(...(await bench()))
  }
  console.log(`\n${table(figures)}`)
} finally {
  const owner = await connect()
  const { workspaces } = (await owner.call('workspace.list')) as { workspaces: { id: string }[] }
  for (const { id } of workspaces) await owner.call('workspace.remove', { workspace: id })
  await owner.close()
  await server.close()
}
