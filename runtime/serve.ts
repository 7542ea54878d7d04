// The runtime on a laptop: the same hands without a sandbox, jailed to one directory and judged by a plan's command list.
import { closeSync, readFileSync, realpathSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { FAULTS, Fault, toFault } from '#dsl/fault.ts'
import { Allowlist, planGrant } from '#dsl/policy/plan.ts'
import { laptopConfig } from './config.ts'
import type { LaptopConfig } from './config.ts'
import type { Keys } from './link/bearer.ts'
import { listen } from './link/listen.ts'
import { endTerminals } from './powers/pty.ts'
import type { Terminals } from './powers/pty.ts'

const KEYS_FD = 3
const Secret = z.string().min(1).max(4096)
const InheritedKeys = z.union([z.strictObject({ token: Secret }), z.strictObject({ jwtSecret: Secret })])
const Options = z.strictObject({
  port: z.coerce.number().int().min(0).max(65_535).default(8765),
  root: z.string().default('.'),
  plan: z.string().default('gratis'),
})
/** sysexits(3). */
const EX_CONFIG = 78

async function serve(): Promise<void> {
  const config = laptopConfig()
  const {
    port,
    root: named,
    plan,
  } = Options.parse(
    parseArgs({ options: { port: { type: 'string' }, root: { type: 'string' }, plan: { type: 'string' } } })
      .values,
  )
  const keys = keysOf(config)
  const root = realpathSync(named)
  const terminals: Terminals = new Map()
  const place = { jail: { roots: [root], home: root }, terminals, env: childEnv(config) }
  const grant = planGrant(readAllowlist(config.allowlist), plan)
  const listening = await listen({ place, grant, keys }, port)
  // Before it says that it is ready: who hears of it may end it at once.
  const end = asked()
  process.stdout.write(`${JSON.stringify({ url: listening.url })}\n`)
  await end
  await Promise.all([listening.close(), endTerminals(terminals)])
}

/** Resolves when this process is to end: by a signal, or because who started it with an IPC channel is gone. */
async function asked(): Promise<void> {
  const ends = ['SIGINT', 'SIGTERM', 'SIGHUP', ...(process.connected ? ['disconnect'] : [])]
  await Promise.race(ends.map((name) => new Promise((go) => process.once(name, go))))
}

function keysOf({ token, jwtSecret }: LaptopConfig): Keys {
  if (jwtSecret !== undefined) return { token: undefined, jwtSecret }
  return token === undefined ? inheritedKeys() : { token, jwtSecret: undefined }
}

/** One line of JSON on an inherited pipe: it shows in no argv and no environment. */
function inheritedKeys(): Keys {
  try {
    const keys = InheritedKeys.parse(JSON.parse(readFileSync(KEYS_FD, 'utf8')))
    closeSync(KEYS_FD)
    return { token: undefined, jwtSecret: undefined, ...keys }
  } catch (cause) {
    throw new Fault('invalid', 'Give a token: {"token":"…"} on descriptor 3, or CHISPART_TOKEN.', { cause })
  }
}

function readAllowlist(path: string): Allowlist {
  try {
    return Allowlist.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch (cause) {
    throw new Fault('invalid', `The allow-list ${path} is not {"plan": ["command", …]}.`, { cause })
  }
}

function childEnv({ inherited }: LaptopConfig): Record<string, string> {
  return { ...inherited, TERM: 'xterm-256color', COLORTERM: 'truecolor' }
}

serve().then(
  () => process.exit(0),
  (error: unknown) => {
    const fault = toFault(error)
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    process.exit(fault.code === 'unavailable' ? FAULTS.unavailable.exit : EX_CONFIG)
  },
)
