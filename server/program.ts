// The server, or with the word `worker` a worker, as a recipe: what is started, and how it ends. Every decision is made
// elsewhere.
import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Fault, FAULTS, toFault } from '#dsl/fault.ts'
import { countBuffersAsHeap } from '#runtime/collector.ts'
import { takeConfig } from './config.ts'
import type { Config } from './config.ts'
import { createLog } from './log.ts'
import type { Log } from './log.ts'
import { createSecrets } from './redact/secrets.ts'
import type { Secrets } from './redact/secrets.ts'
import { startServer } from './start.ts'
import { startWorker } from './worker.ts'

/** sysexits(3): EX_CONFIG. */
const BAD_CONFIGURATION = 78
const ROOT = fileURLToPath(new URL('..', import.meta.url))

/** Exits the process when it cannot start, with what sysexits(3) says of the fault. */
export async function runProgram(words: readonly string[]): Promise<void> {
  await begin(words).catch(refuse)
}

async function begin([role, ...rest]: readonly string[]): Promise<void> {
  if ((role !== undefined && role !== 'worker') || rest.length > 0)
    throw new Fault(
      'invalid',
      'The only word that may follow is "worker". Everything else is set by variables.',
    )
  const config = takeConfig()
  const secrets = createSecrets(config.secrets)
  const log = createLog(config.logLevel, secrets)
  mkdirSync(config.dataDir, { recursive: true, mode: 0o700 })
  if (role === 'worker') return runWorker(config, log, secrets)
  const starting = new AbortController()
  const server = startServer({ config, log, secrets, root: ROOT, signal: starting.signal })
  endOnSignal(log, starting, async () => (await server).close())
  const { link } = await server
  countBuffersAsHeap()
  process.stdout.write(`Chispart is ready: ${link}\n`)
}

async function runWorker(config: Config, log: Log, secrets: Secrets): Promise<void> {
  const worker = startWorker({ config, log, secrets, root: ROOT })
  endOnSignal(log, new AbortController(), async () => (await worker).close())
  await worker
  countBuffersAsHeap()
  process.stdout.write(`A worker is ready: ${config.workers.join(',')}\n`)
}

/** The first signal ends cleanly, the second at once. Sandboxes go on running either way. */
function endOnSignal(log: Log, starting: AbortController, close: () => Promise<void>): void {
  const onSignal = (signal: NodeJS.Signals) => {
    if (starting.signal.aborted) process.exit(130)
    starting.abort()
    log.info({ signal }, 'it stops')
    close().then(
      () => process.exit(0),
      () => process.exit(FAULTS.internal.exit),
    )
  }
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
}

function refuse(error: unknown): never {
  const fault = toFault(error)
  const cause = fault.code === 'internal' && fault.cause instanceof Error ? `\n${fault.cause.stack}` : ''
  process.stderr.write(`${fault.message}${cause}\n`)
  process.exit(fault.code === 'invalid' ? BAD_CONFIGURATION : FAULTS[fault.code].exit)
}
