// Puts the parts of a server together, in order, and takes them apart in the reverse order. It decides nothing itself.
import { existsSync, realpathSync } from 'node:fs'
import { totalmem } from 'node:os'
import { join, resolve } from 'node:path'
import { newOwnerLink } from './auth/owner-link.ts'
import { listen } from './app.ts'
import { claimData } from './claim.ts'
import { loadAllowlist, ownEnvironment } from './config.ts'
import type { Config } from './config.ts'
import { openAuthority } from './egress/authority.ts'
import { machineFiles, machineHosts, trustedBy } from './egress/inside.ts'
import { createGitRelay } from './egress/git-relay.ts'
import { createKeyedHosts } from './egress/keyed-hosts.ts'
import { egressRules, groupRules, loadEgressList } from './egress/list.ts'
import { readMachine } from './egress/machine.ts'
import { createNarrowing } from './egress/narrowing.ts'
import { createEgress } from './egress/proxy.ts'
import { hostDoor } from './doors/host.ts'
import { webhookDoor } from './doors/webhook.ts'
import { createAudit } from './events/audit.ts'
import { chooseDriver } from './fleet/drivers/choose.ts'
import { createHostClient } from './fleet/hosts/client.ts'
import { fleetOfAll } from './fleet/hosts/fleet.ts'
import { ownHost } from './fleet/hosts/id.ts'
import { stopIdleRegularly } from './fleet/idle.ts'
import { createHub } from './fleet/hub.ts'
import { createMux } from './fleet/mux.ts'
import { createPool, usualSize } from './fleet/pool/pool.ts'
import { createReady } from './fleet/ready.ts'
import { createFleet } from './fleet/workspaces.ts'
import { gitAccess } from './github/git-access.ts'
import { ownUrl } from './hosts.ts'
import type { Log } from './log.ts'
import { openCalls } from './open-calls.ts'
import { loadPlans, quotaFor, sandboxLimits } from './quotas.ts'
import { startPostgres } from './store/embedded.ts'
import { putHost } from './store/hosts.ts'
import { despiteOutage } from './store/despite-outage.ts'
import type { Secrets } from './redact/secrets.ts'
import { openStore } from './store/store.ts'
import { ensureOwner } from './store/users.ts'
import { createRunEgress } from './workflow/run-egress.ts'
import { createCredentialUse, ownForRepository } from './vault/credentials.ts'
import type { CredentialUse } from './vault/credentials.ts'
import { openVault } from './vault/open.ts'
import { repositoryOfWorkspace } from './store/workspaces.ts'

/** How long git waits for a database that is away. */
const OUTAGE_MS = 10_000

export interface RunningServer {
  /** Address with the one-time code that signs the owner in. */
  readonly link: string
  readonly port: number
  /** Ends connections, store and database; sandboxes go on running. */
  close(): Promise<void>
}

export interface StartOptions {
  readonly config: Config
  readonly log: Log
  readonly secrets: Secrets
  /** Directory of this project: its builds are below it. */
  readonly root: string
  readonly signal: AbortSignal
}

/** What fails half-way is taken down again. Faults: invalid (configuration), unavailable (database, address). */
export async function startServer(options: StartOptions): Promise<RunningServer> {
  const { config, log, secrets, root, signal } = options
  const closers: (() => Promise<void> | void)[] = []
  const close = async () => {
    for (const end of closers.splice(0).reverse()) await end()
  }
  try {
    return await build()
  } catch (error) {
    await close()
    throw error
  }

  async function build(): Promise<RunningServer> {
    const dataDir = resolve(config.dataDir)
    const egressList = loadEgressList(config.egressFile, join(root, 'config/egress-groups.json'))
    const allowlist = loadAllowlist(config.allowlistFile)
    const plans = loadPlans(config.plansFile, allowlist)
    closers.push(await claimData(dataDir))
    const host = await ownHost(dataDir)

    const postgresLog = log.child({ part: 'postgres' })
    const postgres = config.postgresUrl
      ? { url: config.postgresUrl, stop: () => undefined }
      : await startPostgres({ dataDir, signal, log: (line) => postgresLog.debug(line) })
    closers.push(() => postgres.stop())
    const store = await openStore(postgres)
    closers.push(() => store.close())
    const audit = createAudit(store, log, secrets)
    closers.push(() => audit.close())

    const mux = createMux()
    const hub = createHub(mux, log)
    const machine = readMachine(ownEnvironment())
    const rules = machine.then((settings) => egressRules(egressList, machineHosts(settings)))
    const narrowing = createNarrowing(groupRules(egressList, machineHosts(await machine)))
    const rulesOf = async (workspace: string) => narrowing.rulesFor(workspace, await rules)
    const { token, apiUrl } = config.github
    const findAccess = gitAccess({ apiUrl, listed: token === undefined ? [] : egressList.git })
    const access = async (workspace: string) => {
      const look = () => repositoryOfWorkspace(store, workspace)
      return findAccess(await despiteOutage(OUTAGE_MS, signal, look))
    }
    const runEgress = createRunEgress(store, log)
    closers.push(() => runEgress.close())
    const vault = openVault({ store, dataDir, key: config.vaultKey })
    const authority = await openAuthority(dataDir)
    const kept = createCredentialUse(store, vault, secrets, log)
    const credentials: CredentialUse = {
      find: (...asked) => despiteOutage(OUTAGE_MS, signal, () => kept.find(...asked)),
    }
    const keyed = createKeyedHosts({ credentials, authority, trusted: trustedBy(await machine) })
    const own = ownForRepository(credentials)
    const git = token === undefined ? undefined : createGitRelay({ token, access, own })
    if (git === undefined && egressList.git.length > 0)
      log.warn({ file: config.egressFile }, 'repositories are listed for git, but GITHUB_TOKEN is not set')
    const egress = createEgress({ rules: rulesOf, audit, decided: runEgress.decided, log, git, keyed })
    closers.push(() => egress.close())
    const fleetLog = log.child({ part: 'sandbox' })
    const driver = await chooseDriver(config.sandbox, {
      dataDir,
      runtimeDir: join(root, 'dist/runtime'),
      nodeBinary: nodeBinary(root),
      etc: async () => machineFiles(await machine, authority.cert),
      exits: { link: hub.accept, egress: egress.accept },
      log: (level, message, data = {}) => fleetLog[level](data, message),
    })
    closers.push(() => driver.close())
    closers.push(() => hub.close())
    const ready = createReady(driver, log)
    const quotas = quotaFor(store, plans)
    const pool = createPool({
      ...{ driver, hub, ready, egress: narrowing, log: fleetLog },
      size: config.pool ?? usualSize(totalmem()),
      directory: join(dataDir, 'fleet/pool'),
    })
    closers.push(() => pool.close())
    const home = createFleet({
      ...{ host, store, driver, ready, hub, egress: narrowing, pool, git: findAccess, log },
      quotaFor: quotas,
      traffic: egress.carried,
    })
    const hosts = createHostClient(store, mux)
    closers.push(() => hosts.close())
    const fleet = fleetOfAll(store, hosts, { host, fleet: home })

    const closing = (end: () => Promise<void> | void) => void closers.push(end)
    const files = { config, allowlist, plans, root }
    const common = {
      ...files,
      databaseUrl: postgres.url,
      store,
      vault,
      secrets,
      audit,
      fleet,
      mux,
      log,
      closing,
    }
    await home.adopt()
    const idle = stopIdleRegularly({ host, store, driver, hub, fleet: home, quotaFor: quotas, log: fleetLog })
    closers.push(() => idle.close())
    const { auth, dispatch, artifacts, hooks } = await openCalls(common)
    const readiness = async () => ({ database: await answers(store), sandbox: await ready() })
    const web = join(root, 'dist/web')
    const others = hostDoor({ host, store, fleet: home, audit, log })
    const webhooks = webhookDoor({ secret: config.webhookSecret, apiUrl, hooks, audit })
    const parts = {
      webhooks,
      auth,
      dispatch,
      mux,
      audit,
      log,
      web,
      readiness,
      artifacts: artifacts.routes,
      others,
    }
    const app = await listen(parts, config.host, config.port)
    closers.push(() => app.close())
    await putHost(store, host, config.hostUrl ?? ownUrl(config.host, app.port))
    void ready().catch((error: unknown) => log.error({ err: error }, 'the sandbox probe broke'))
    const ownerLink = await newOwnerLink(store)
    // Whose workspaces are the likeliest; another plan's first one teaches the pool.
    pool.prepare(sandboxLimits(await quotas((await ensureOwner(store)).id)))
    const url = ownUrl(config.host, app.port)
    log.info({ at: url, runtime: process.versions['bun'] ? 'bun' : 'node' }, 'the server is ready')
    return { link: `${url}/#link=${ownerLink}`, port: app.port, close }
  }
}

async function answers(store: Awaited<ReturnType<typeof openStore>>): Promise<boolean> {
  return store.db.$client`select 1`.then(
    () => true,
    () => false,
  )
}

/** What runs inside sandboxes is Node, also when this server runs on Bun. */
function nodeBinary(root: string): string {
  const packaged = join(root, 'node_modules/.bin/node')
  return realpathSync(process.versions['bun'] && existsSync(packaged) ? packaged : process.execPath)
}
