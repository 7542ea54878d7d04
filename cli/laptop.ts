// Starts the runtime on this machine as a process of its own and ends it with this one. Its keys travel on an inherited
// pipe: they show in no argv and no environment.
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { constants } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { z } from 'zod'
import { FAULTS, Fault } from '#dsl/fault.ts'
import { ROOT } from './checkout.ts'
import type { RuntimeKeys } from './keys.ts'

const PROGRAM = join(ROOT, 'runtime', 'serve.ts')
const START_MS = 20_000
const Ready = z.object({ url: z.string() })

export interface LaptopOptions {
  readonly port: number
  /** Absolute. */
  readonly root: string
  readonly plan: string
  readonly allowlist: string
  readonly keys: RuntimeKeys
  readonly env: Readonly<Record<string, string>>
}

export interface Laptop {
  readonly url: string
  readonly pid: number
  /** Exit status, as a shell reports it. */
  readonly ended: Promise<number>
  /** Asks it to end; asked again, it is killed. */
  end(): void
}

/** Faults: unavailable (the port is taken, or it does not start), invalid (what it says of its options). */
export async function startLaptop({
  port,
  root,
  plan,
  allowlist,
  keys,
  env,
}: LaptopOptions): Promise<Laptop> {
  const args = [PROGRAM, '--port', String(port), '--root', root, '--plan', plan]
  const child = spawn(process.execPath, args, {
    env: { ...env, CHISPART_ALLOWLIST: allowlist },
    // Its own group: a terminal's Ctrl-C reaches this process only, which then ends it in order.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'ipc'],
  })
  const pipe = child.stdio[3] as Writable
  pipe.on('error', () => undefined)
  pipe.end(`${JSON.stringify(keys)}\n`)
  const ended = new Promise<number>((resolve) => {
    child.once('exit', (code, signal) => resolve(code ?? 128 + (signal ? constants.signals[signal] : 0)))
  })
  const url = await ready(child, ended)
  let asked = false
  return {
    url,
    pid: child.pid ?? 0,
    ended,
    end() {
      child.kill(asked ? 'SIGKILL' : 'SIGTERM')
      asked = true
    },
  }
}

/** The one line that it writes; afterwards what it says goes to standard error. */
async function ready(child: ChildProcess, ended: Promise<number>): Promise<string> {
  const [stdout, stderr] = [child.stdout as Readable, child.stderr as Readable]
  let said = ''
  const listen = (text: string) => (said += text)
  stderr.setEncoding('utf8').on('data', listen)
  const line = new Promise<string>((resolve) => createInterface({ input: stdout }).once('line', resolve))
  const late = new Promise<never>((_, reject) =>
    setTimeout(() => reject(new Fault('unavailable', 'The runtime does not start.')), START_MS).unref(),
  )
  const failed = new Promise<never>((_, reject) => {
    child.once('error', (cause) => reject(new Fault('unavailable', 'The runtime does not start.', { cause })))
    void ended.then((status) => reject(refused(status, said)))
  })
  failed.catch(() => undefined)
  late.catch(() => undefined)
  try {
    const { url } = Ready.parse(JSON.parse(await Promise.race([line, failed, late])))
    stderr.off('data', listen).pipe(process.stderr)
    return url
  } catch (error) {
    child.kill('SIGKILL')
    throw error
  }
}

function refused(status: number, said: string): Fault {
  const code = status === FAULTS.unavailable.exit ? 'unavailable' : 'invalid'
  return new Fault(code, said.trim() || `The runtime ended with status ${status} before it was ready.`)
}
