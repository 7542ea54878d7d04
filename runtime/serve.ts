// The runtime on a laptop: the same hands without a sandbox, jailed to one directory and judged by a plan's command list.
import { closeSync, readFileSync, realpathSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { Fault } from '#dsl/fault.ts'
import { judge } from '#dsl/policy/commands.ts'
import { Allowlist, planGrant } from '#dsl/policy/plan.ts'
import { laptopConfig } from './config.ts'
import type { LaptopConfig } from './config.ts'
import { listen } from './link/listen.ts'
import { endTerminals } from './powers/pty.ts'
import type { Terminals } from './powers/pty.ts'

const TOKEN_FD = 3
const Token = z.strictObject({ token: z.string().min(1).max(4096) })
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
  const token = config.jwtSecret === undefined ? (config.token ?? inheritedToken()) : undefined
  const root = realpathSync(named)
  const terminals: Terminals = new Map()
  const place = { jail: { roots: [root], home: root }, terminals, env: childEnv(config), judge }
  const grant = planGrant(readAllowlist(config.allowlist), plan)
  const keys = { token, jwtSecret: config.jwtSecret }
  const listening = await listen({ place, grant, keys }, port)
  process.stdout.write(`${JSON.stringify({ url: listening.url })}\n`)
  await Promise.race(
    ['SIGINT', 'SIGTERM', 'SIGHUP'].map((name) => new Promise((go) => process.once(name, go))),
  )
  await Promise.all([listening.close(), endTerminals(terminals)])
}

/** One line of JSON on an inherited pipe: it shows in no argv and no environment. */
function inheritedToken(): string {
  try {
    const { token } = Token.parse(JSON.parse(readFileSync(TOKEN_FD, 'utf8')))
    closeSync(TOKEN_FD)
    return token
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
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    process.exit(EX_CONFIG)
  },
)
