// What the environment tells the CLI. The only reader of process.env in this layer; it validates and never prints a value.
import { homedir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { Fault } from '#dsl/fault.ts'

/** What sample files say. It is public, so it signs nothing: it counts as no secret, as it does for a server. */
const SAMPLE = 'devsecret'

const Environment = z.object({
  CHISPART_URL: z.url({ protocol: /^(https?|wss?)$/ }).optional(),
  CHISPART_TOKEN: z.string().min(1).max(4096).optional(),
  JWT_SECRET: z
    .string()
    .refine((value) => value.length >= 32 || value === SAMPLE, 'needs 32 characters or more')
    .optional(),
  CHISPART_ALLOWLIST: z.string().min(1).optional(),
  CHISPART_OWNER_TOKEN: z.string().min(1).max(4096).optional(),
  NO_COLOR: z.string().optional(),
  XDG_STATE_HOME: z.string().startsWith('/').optional(),
})

/** All that the CLI reads. */
export const VARIABLES = Object.keys(Environment.shape)
/** Read by the server; a person's shell may well hold them. */
const ELSEWHERE = [
  'CHISPART_DATA',
  'CHISPART_SANDBOX',
  'CHISPART_SANDBOX_IMAGE',
  'CHISPART_POOL',
  'CHISPART_LOG_LEVEL',
  'CHISPART_EGRESS',
  'CHISPART_HOST_URL',
  'CHISPART_PLANS',
  'CHISPART_PRICES',
  'CHISPART_RUN_KEEP_HOURS',
  'CHISPART_VAULT_KEY',
  'CHISPART_WEBHOOK_SECRET',
]

export interface Config {
  readonly url: string | undefined
  readonly token: string | undefined
  readonly jwtSecret: string | undefined
  /** The operator's; only `chispart token` shows it to a server, unless it is given as the token. */
  readonly ownerToken: string | undefined
  /** Whether output may hold colours (no-color.org). */
  readonly color: boolean
  /** Plans of a laptop runtime; the checkout's own when left out. */
  readonly allowlist: string | undefined
  /** Directory of running laptop runtimes and paired servers (XDG Base Directory: state). */
  readonly stateDir: string
}

/** An empty variable counts as none. Faults: invalid (which variable, never its value). */
export function readConfig(): Config {
  const given = Object.entries(process.env).filter(([, value]) => value !== '')
  const result = Environment.safeParse(Object.fromEntries(given))
  if (!result.success) {
    const issue = result.error.issues[0]
    throw new Fault(
      'invalid',
      `The variable ${issue?.path.join('.') ?? ''} does not fit: ${issue?.message ?? ''}`,
    )
  }
  const env = result.data
  return {
    url: env.CHISPART_URL,
    token: env.CHISPART_TOKEN,
    jwtSecret: env.JWT_SECRET === SAMPLE ? undefined : env.JWT_SECRET,
    ownerToken: env.CHISPART_OWNER_TOKEN,
    color: env.NO_COLOR === undefined,
    allowlist: env.CHISPART_ALLOWLIST,
    stateDir: join(env.XDG_STATE_HOME ?? join(homedir(), '.local', 'state'), 'chispart'),
  }
}

/** Variables that look like ours and that nobody reads: misspelt, as a rule. */
export function unknownVariables(): string[] {
  const known = new Set([...VARIABLES, ...ELSEWHERE])
  return Object.keys(process.env).filter((name) => name.startsWith('CHISPART_') && !known.has(name))
}

/** What programs of a person need to know of their machine. */
const INHERITED = ['PATH', 'HOME', 'USER', 'LOGNAME', 'SHELL', 'LANG', 'LC_ALL', 'TZ', 'TMPDIR']

/** The environment of a runtime: it could be read there by the commands that it runs, so nothing else goes in. */
export function childEnvironment(): Record<string, string> {
  const entries = INHERITED.map((name) => [name, process.env[name]] as const)
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => entry[1] !== undefined))
}
