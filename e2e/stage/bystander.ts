// A process of its own that calls one op again and again while another client does its worst: what it waits is the
// server's doing, never the test's. Started as a program it reads its orders from argv and reports on stdout.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { connect } from './client.ts'

const FILE = fileURLToPath(import.meta.url)

export interface Bystander {
  /** Milliseconds that 99 of 100 calls took at most, from the start until now. */
  p99(): Promise<number>
}

/** Resolves once its first call is answered. `pauseMs`: between two calls. */
export async function startBystander(url: string, token: string, pauseMs = 0): Promise<Bystander> {
  const child = spawn(process.execPath, [FILE, url, String(pauseMs)], {
    env: { TOKEN: token },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'data')
  return {
    async p99() {
      const said = once(child.stdout, 'data')
      child.stdin.end()
      const [bytes] = (await said) as [Buffer]
      return Number(bytes.toString())
    },
  }
}

async function watch(url: string, token: string, pauseMs: number): Promise<void> {
  const client = await connect(url, token)
  const taken: number[] = []
  let going = true
  process.stdin.once('end', () => (going = false)).resume()
  while (going) {
    const began = performance.now()
    await client.call('workspace.list')
    taken.push(performance.now() - began)
    if (taken.length === 1) process.stdout.write('ready\n')
    if (pauseMs > 0) await pause(pauseMs)
  }
  taken.sort((a, b) => a - b)
  process.stdout.write(`${taken[Math.floor(taken.length * 0.99)]}\n`)
  await client.close()
}

if (process.argv[1] === FILE) {
  const [, , url = '', pauseMs = '0'] = process.argv
  await watch(url, process.env['TOKEN'] ?? '', Number(pauseMs))
}
