// Puts together a worker: it takes steps of workflows beside the servers of the same database, whose workspaces it reaches
// by their doors. It opens no door of its own, and has no sandbox.
import { resolve } from 'node:path'
import { Fault } from '#dsl/fault.ts'
import { loadAllowlist } from './config.ts'
import type { Config } from './config.ts'
import { createAudit } from './events/audit.ts'
import { createHostClient } from './fleet/hosts/client.ts'
import { fleetOfAll } from './fleet/hosts/fleet.ts'
import { hostOf } from './fleet/hosts/id.ts'
import { createMux } from './fleet/mux.ts'
import type { Log } from './log.ts'
import { openCalls } from './open-calls.ts'
import { loadPlans } from './quotas.ts'
import type { Secrets } from './redact/secrets.ts'
import { openStore } from './store/store.ts'
import { openVault } from './vault/open.ts'

export interface WorkerOptions {
  readonly config: Config
  readonly log: Log
  readonly secrets: Secrets
  /** Directory of this project. */
  readonly root: string
}

export interface RunningWorker {
  /** Lets go of its steps, which other workers join, and ends. */
  close(): Promise<void>
}

/** What fails half-way is taken down again. Faults: invalid (configuration), unavailable (the database). */
export async function startWorker({ config, log, secrets, root }: WorkerOptions): Promise<RunningWorker> {
  const closers: (() => Promise<void> | void)[] = []
  const close = async () => {
    for (const end of closers.splice(0).reverse()) await end()
  }
  const closing = (end: () => Promise<void> | void) => void closers.push(end)
  try {
    await build()
    return { close }
  } catch (error) {
    await close()
    throw error
  }

  async function build(): Promise<void> {
    const databaseUrl = await sharedDatabase(config)
    const allowlist = loadAllowlist(config.allowlistFile)
    const plans = loadPlans(config.plansFile, allowlist)
    const store = await openStore({ url: databaseUrl })
    closing(() => store.close())
    const audit = createAudit(store, log, secrets)
    closing(() => audit.close())
    const mux = createMux()
    const hosts = createHostClient(store, mux)
    closing(() => hosts.close())
    const fleet = fleetOfAll(store, hosts)
    const files = { config, allowlist, plans, root }
    const vault = openVault({ store, dataDir: resolve(config.dataDir), key: config.vaultKey })
    await openCalls({ ...files, databaseUrl, store, vault, secrets, audit, fleet, mux, log, closing })
    log.info({ workers: config.workers }, 'the worker is ready')
  }
}

/** What a worker writes, servers must find. Fault invalid, with what to set. */
async function sharedDatabase({ postgresUrl, s3, dataDir }: Config): Promise<string> {
  const problems = [
    ...(postgresUrl === undefined
      ? [{ field: 'POSTGRES_URL', problem: 'is missing: the database of the servers that it works for.' }]
      : []),
    ...(s3 === undefined && (await hostOf(resolve(dataDir))) === undefined
      ? [
          {
            field: 'CHISPART_DATA',
            problem: "is no server's directory. Set it to one, or S3_* for artifacts.",
          },
        ]
      : []),
  ]
  if (postgresUrl !== undefined && problems.length === 0) return postgresUrl
  const lines = problems.map(({ field, problem }) => `  ${field} ${problem}`)
  throw new Fault('invalid', `A worker cannot start so:\n${lines.join('\n')}`, { data: { problems } })
}
