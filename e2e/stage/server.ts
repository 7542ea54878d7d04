// Starts the real server as its own process on a free port with a data directory of its own. It never reaches inside it.
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** Milliseconds that a server may take to end, its database included. */
const END_MS = 30_000
const RESTARTS = 5

export interface StagedServer {
  readonly url: string
  /** The one-time sign-in link that the server printed. */
  readonly link: string
  readonly ownerToken: string
  readonly dataDir: string
  readonly process: ChildProcess
  /** Lines of its log so far. */
  readonly log: readonly string[]
  /** SIGKILL, then the same server on the same data and port. */
  restart(): Promise<StagedServer>
  /** Ends the server by a signal, and tells the exit code; data and sandboxes stay. */
  stop(signal: NodeJS.Signals): Promise<number | null>
  /** Removes the owner's workspaces, ends the server and deletes its data. */
  close(): Promise<void>
}

export interface StageOptions {
  readonly env?: Record<string, string>
  readonly dataDir?: string
  readonly port?: number
  readonly ownerToken?: string
  /** What runs the server; the environment's CHISPART_RUNTIME when left out. */
  readonly runtime?: 'node' | 'bun'
  /** Words before the command: what prepares its world and becomes it. */
  readonly before?: readonly string[]
  /** The project to start; this one when left out. */
  readonly root?: string
}

/** Resolves when the server says that it is ready; rejects with its log when it ends before. */
export async function startServer(options: StageOptions = {}): Promise<StagedServer> {
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'chispart-')))
  const ownerToken = options.ownerToken ?? randomBytes(24).toString('hex')
  const root = options.root ?? ROOT
  const bun = (options.runtime ?? process.env['CHISPART_RUNTIME']) === 'bun'
  const runtime = bun ? join(root, 'node_modules/.bin/bun') : process.execPath
  const [program = '', ...args] = [...(options.before ?? []), runtime, join(root, 'server/main.ts')]
  const child = spawn(program, args, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      // Nothing starts beside what a test starts; who tests what waits asks for it.
      CHISPART_POOL: '0',
      PORT: String(options.port ?? 0),
      CHISPART_DATA: dataDir,
      CHISPART_OWNER_TOKEN: ownerToken,
      ...options.env,
    },
  })
  const log: string[] = []
  createInterface({ input: child.stderr }).on('line', (line) => log.push(line))
  const link = await readyLine(child, log)
  const url = new URL(link).origin
  const port = Number(new URL(link).port)
  return {
    url,
    link,
    ownerToken,
    dataDir,
    process: child,
    log,
    async restart() {
      await end(child, 'SIGKILL', log)
      return startAgain({ ...options, dataDir, port, ownerToken })
    },
    async stop(signal) {
      await end(child, signal, log)
      return child.exitCode
    },
    async close() {
      if (running(child)) await removeWorkspaces(url, ownerToken)
      await end(child, 'SIGTERM', log)
      await rm(dataDir, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
    },
  }
}

/** A connection that somebody else makes meanwhile may have the port for a moment: the kernel gave it to both. */
async function startAgain(options: StageOptions, tries = RESTARTS): Promise<StagedServer> {
  try {
    return await startServer(options)
  } catch (error) {
    if (tries === 1 || !String(error).includes('it is in use')) throw error
    return startAgain(options, tries - 1)
  }
}

async function readyLine(child: ChildProcess, log: string[]): Promise<string> {
  const lines = createInterface({ input: child.stdout! })
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(
      `The server ended with ${String(code)} before it was ready:\n${log.slice(-40).join('\n')}`,
    )
  })
  const [line] = (await Promise.race([once(lines, 'line'), ended])) as [string]
  ended.catch(() => undefined)
  const link = /^Chispart is ready: (\S+)$/.exec(line)?.[1]
  if (link === undefined) throw new Error(`The first line on stdout is not the ready line: ${line}`)
  return link
}

/** Its sandboxes outlive a server, so they are ended while there is one that knows them. */
async function removeWorkspaces(url: string, token: string): Promise<void> {
  const call = async (op: string, input: object) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    const answer = await fetch(`${url}/api/ops/${op}`, {
      method: 'POST',
      headers,
      body: JSON.stringify(input),
    })
    return (await answer.json()) as { workspaces?: { id: string }[] }
  }
  const { workspaces = [] } = await call('workspace.list', {})
  for (const { id } of workspaces) await call('workspace.remove', { workspace: id })
}

const running = (child: ChildProcess) => child.exitCode === null && child.signalCode === null

/** Faults with its log when it does not end: a server that hangs is a finding. */
async function end(child: ChildProcess, signal: NodeJS.Signals, log: readonly string[]): Promise<void> {
  if (!running(child)) return
  const ended = once(child, 'exit', { signal: AbortSignal.timeout(END_MS) })
  child.kill(signal)
  await ended.catch(() => {
    child.kill('SIGKILL')
    throw new Error(`The server did not end by ${signal}:\n${log.slice(-40).join('\n')}`)
  })
}
