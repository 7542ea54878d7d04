// Keeps what V8 compiles of a bundled runtime beside it, so that no sandbox compiles it again: the bundle runs once and
// serves a terminal and a command. A runtime without it, or of another Node, starts all the same, only later.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Writable } from 'node:stream'
import type { Grant } from '#dsl/wire/link.ts'
import { COMPILED } from '#runtime/compiled.ts'
import { readPackets, writeText } from '#runtime/link/packet.ts'
import { AGENT_UID } from '#server/fleet/drivers/bubblewrap/toolbox.ts'

const LIMIT_MS = 20_000
const GRANT: Grant = { plan: 'build', commands: ['true'], terminals: true }
/** What is compiled besides the start: each call is made when the one before was answered. */
const CALLS = [
  { op: 'pty.open', input: {}, streams: [1] },
  { op: 'exec', input: { cmd: 'true', cwd: '..' }, streams: [] },
]

/** `dir`: of the bundle. Rejects when it cannot be run here; the bundle is then as it was. */
export async function compileRuntime(dir: string): Promise<void> {
  const compiled = join(dir, COMPILED)
  await mkdir(compiled)
  try {
    await runOnce(join(dir, 'main.js'))
    for (const name of await readdir(compiled)) await publish(compiled, name)
  } catch (error) {
    await rm(compiled, { recursive: true })
    throw error
  }
}

/** Node reads what a process of the same user wrote, by a directory's name; inside of a sandbox that is the agent. */
async function publish(compiled: string, name: string): Promise<void> {
  const own = join(compiled, name.replace(/-\d+$/, `-${AGENT_UID}`))
  await rename(join(compiled, name), own)
  await chmod(own, 0o755)
  for (const file of await readdir(own)) await chmod(join(own, file), 0o644)
}

async function runOnce(main: string): Promise<void> {
  const home = await mkdtemp(join(tmpdir(), 'chispart-compile-'))
  const signal = AbortSignal.timeout(LIMIT_MS)
  const server = createServer((link) => callAll(link))
  try {
    await mkdir(join(home, 'app'))
    await once(server.listen(join(home, 'host.sock')), 'listening')
    const stdio = ['ignore', 'ignore', 'inherit', 'pipe'] as const
    const env = { PATH: process.env['PATH'] }
    const runtime = spawn(process.execPath, [main, home, home], { cwd: home, env, stdio: [...stdio], signal })
    const given = runtime.stdio[3] as Writable
    given.end(JSON.stringify({ token: 'none' }))
    // It writes what was compiled when it ends by itself.
    const [code] = (await once(runtime, 'exit', { signal })) as [number | null]
    if (code !== 0) throw new Error(`The runtime ended with ${code} when it was to be compiled.`)
  } finally {
    server.close()
    await rm(home, { recursive: true, force: true })
  }
}

/** Makes the calls one after the other, and then ends the runtime. */
function callAll(link: Socket): void {
  const calls = [...CALLS]
  let pid = 0
  const next = () => {
    const call = calls.shift()
    if (call === undefined) return void process.kill(pid, 'SIGTERM')
    writeText(link, JSON.stringify({ call: call.op, grant: GRANT, ...call }))
  }
  readPackets(link, {
    text(text) {
      const frame = JSON.parse(text) as { hello?: { pid: number }; ok?: boolean }
      pid = frame.hello?.pid ?? pid
      if (frame.hello !== undefined || frame.ok !== undefined) next()
    },
    binary: () => true,
  })
}
