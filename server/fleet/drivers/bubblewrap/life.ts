// Start and end of one sandbox's processes, with what they said when it went wrong.
import type { ChildProcess } from 'node:child_process'
import { open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { Fault } from '#dsl/fault.ts'
import type { DriverProblem } from '#server/fleet/driver.ts'
import { meaningOf } from './probe.ts'
import { type SandboxInput, type SandboxProcess, startProcess } from './process.ts'
import { isRunning, type SandboxRecord } from './record.ts'

const GONE_MS = 10_000
const GONE_STEP_MS = 5
const LOG_BYTES = 8192

/** What bwrap and the runtime say goes to `log` in `home`, made anew at each start. Faults: unavailable. */
export async function startLogged(
  home: string,
  input: Omit<SandboxInput, 'stderr'>,
): Promise<SandboxProcess> {
  const log = await open(join(home, 'log'), 'w', 0o600)
  try {
    return await startProcess({ ...input, stderr: log.fd })
  } catch (error) {
    // What could not be made to be shown says itself why.
    await input.shown
    const problem = meaningOf((await lastWords(home)) || (error instanceof Error ? error.message : ''))
    throw new Fault('unavailable', problem.problem, { data: problem, cause: error })
  } finally {
    await log.close()
  }
}

export async function lastWords(home: string): Promise<string> {
  const text = await readFile(join(home, 'log'), 'utf8').catch(() => '')
  return text.slice(-LOG_BYTES).trim()
}

/** Kills process 1 inside, and with it all others; resolves when the last is gone. Faults: unavailable. */
export async function endProcess(record: SandboxRecord): Promise<void> {
  if (!(await isRunning(record))) return
  killQuietly(record.pid)
  const until = Date.now() + GONE_MS
  while (await isRunning(record)) {
    if (Date.now() > until)
      throw new Fault('unavailable', 'The sandbox does not end: a process hangs in the kernel.')
    await pause(GONE_STEP_MS)
  }
}

export function killQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It ended by itself a moment ago.
  }
}

/** 128 + n when signal n ended it. */
export function exitCode(child: ChildProcess): Promise<number> {
  const code = (): number => child.exitCode ?? 137
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(code())
  return new Promise((done) => child.once('exit', () => done(code())))
}

export function problemOf(error: unknown): DriverProblem {
  const data = error instanceof Fault ? error.data : undefined
  if (typeof data === 'object' && data !== null && 'problem' in data && 'remedy' in data)
    return { problem: String(data.problem), remedy: String(data.remedy) }
  return meaningOf(error instanceof Error ? error.message : String(error))
}
