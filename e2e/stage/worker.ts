// Starts real workers as processes of their own, beside a staged server, and a Postgres that belongs to neither.
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { startPostgres } from '#server/store/embedded.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

export interface StagedWorker {
  readonly process: ChildProcess
  /** Lines of its log so far. */
  readonly log: readonly string[]
  /** Ends it by a signal, and tells the exit code. */
  stop(signal: NodeJS.Signals): Promise<number | null>
}

/** Resolves when the worker says that it is ready. `dataDir`: that of the server whose artifacts it shares. */
export async function startWorker(
  dataDir: string,
  databaseUrl: string,
  env: Record<string, string> = {},
): Promise<StagedWorker> {
  const child = spawn(process.execPath, [join(ROOT, 'server/main.ts'), 'worker'], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      CHISPART_DATA: dataDir,
      POSTGRES_URL: databaseUrl,
      ...env,
    },
  })
  const log: string[] = []
  createInterface({ input: child.stderr }).on('line', (line) => log.push(line))
  const gone = once(child, 'exit')
  const ended = gone.then(([code]) => {
    throw new Error(`The worker ended with ${String(code)}:\n${log.slice(-40).join('\n')}`)
  })
  await Promise.race([once(createInterface({ input: child.stdout }), 'line'), ended])
  ended.catch(() => undefined)
  return {
    process: child,
    log,
    async stop(signal) {
      child.kill(signal)
      await gone
      return child.exitCode
    },
  }
}

export interface StagedPostgres {
  readonly url: string
  /** Kills every process of it at once, and starts it again at the same address. */
  kill(): Promise<void>
  stop(): Promise<void>
}

export async function startStagedPostgres(): Promise<StagedPostgres> {
  const dataDir = await mkdtemp(join(tmpdir(), 'chispart-postgres-'))
  const start = (port?: number) => startPostgres({ dataDir, log: () => undefined, ...(port ? { port } : {}) })
  let postgres = await start()
  const { url } = postgres
  return {
    url,
    async kill() {
      const pid = Number((await readFile(join(dataDir, 'pg18/postmaster.pid'), 'utf8')).split('\n')[0])
      process.kill(pid, 'SIGKILL')
      await postgres.stop()
      postgres = await start(Number(new URL(url).port))
    },
    async stop() {
      await postgres.stop()
      await rm(dataDir, { recursive: true })
    },
  }
}
