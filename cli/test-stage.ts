// For tests: the real command as a child process, with a state directory, a home and a repository of its own.
import { execFileSync, spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { childEnvironment } from './config.ts'

export const CHISPART = fileURLToPath(new URL('chispart.mjs', import.meta.url))

export interface Ran {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly out: Buffer
  readonly err: string
}

export interface RunOptions {
  /** Directory below the stage. */
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  readonly input?: Uint8Array | string
}

export interface Stage {
  readonly directory: string
  readonly env: Readonly<Record<string, string>>
  /** A command, begun; standard output and standard error are pipes. */
  begin(args: readonly string[], options?: RunOptions): ChildProcess
  /** A command, to its end. */
  run(args: readonly string[], options?: RunOptions): Promise<Ran>
  /** `ws start`, until it listens. */
  laptop(
    args?: readonly string[],
    options?: RunOptions,
  ): Promise<{ child: ChildProcess; url: string; pid: number }>
  /** Ends what was begun and removes the directory. */
  close(): Promise<void>
}

/** `repo` in it is a Git repository with one new file, `new.txt`. */
export async function openStage(): Promise<Stage> {
  const directory = await realpath(await mkdtemp(join(tmpdir(), 'chispart-cli-')))
  const repo = join(directory, 'repo')
  execFileSync('git', ['init', '-q', '-b', 'main', repo])
  await writeFile(join(repo, 'new.txt'), 'x')
  const env = {
    ...childEnvironment(),
    HOME: directory,
    XDG_STATE_HOME: join(directory, 'state'),
    GIT_CONFIG_GLOBAL: '/dev/null',
  }
  const begun: ChildProcess[] = []

  function begin(args: readonly string[], options: RunOptions = {}): ChildProcess {
    const child = spawn(process.execPath, [CHISPART, ...args], {
      cwd: join(directory, options.cwd ?? '.'),
      env: { ...env, ...options.env },
      stdio: 'pipe',
    })
    begun.push(child)
    return child
  }

  async function run(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
    const child = begin(args, options)
    child.stdin?.on('error', () => undefined)
    child.stdin?.end(options.input ?? '')
    const [out, err, ended] = await Promise.all([
      collect(child.stdout),
      collect(child.stderr),
      once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>,
    ])
    return { code: ended[0], signal: ended[1], out, err: err.toString() }
  }

  async function laptop(args: readonly string[] = [], options: RunOptions = {}) {
    const child = begin(['ws', 'start', '--port', '0', '--json', ...args], options)
    const said = collect(child.stderr)
    const ended = once(child, 'exit').then(async ([code]) => {
      throw new Error(`ws start ended with ${String(code)}: ${(await said).toString()}`)
    })
    ended.catch(() => undefined)
    const lines = createInterface({ input: child.stdout as Readable })
    const [line] = (await Promise.race([once(lines, 'line'), ended])) as [string]
    const { url, pid } = JSON.parse(line) as { url: string; pid: number }
    return { child, url, pid }
  }

  async function close(): Promise<void> {
    for (const child of begun) await end(child)
    await rm(directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
  }

  return { directory, env, begin, run, laptop, close }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  await ended
}

async function collect(stream: Readable | null): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of (stream ?? []) as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks)
}
