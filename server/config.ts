// What the environment tells the server. It is read once, and names every problem at once; it never repeats a value.
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { Fault } from '#dsl/fault.ts'
import { Allowlist } from '#dsl/policy/plan.ts'
import type { S3Options } from './artifacts/s3-blobs.ts'
import type { SandboxChoice } from './fleet/drivers/choose.ts'
import { QUEUES } from './workflow/steps/queue.ts'
import type { LlmConfig, Provider } from './llm/provider.ts'
import type { GithubConfig } from './github/client.ts'
import type { KnownSecret } from './redact/redactor.ts'

const SECRET = 'needs 32 characters or more of A-Z a-z 0-9 - . _ ~ + / ='
/** What sample files say; outside production it counts as no secret at all (auth/token-key.ts). */
const SAMPLE = 'devsecret'
const secret = () => z.string().regex(/^[\w.~+/=-]{32,4096}$/, SECRET)
const address = () => z.url({ protocol: /^https?$/, error: 'starts with https:// or http://' })
/** It travels in a header, so a line break would end in an error of the transport that shows the key. */
const key = () => z.string().regex(/^[\x21-\x7e]{1,4096}$/, 'is a key: ASCII without spaces')

const Environment = z.object({
  PORT: z
    .string()
    .regex(/^\d{1,5}$/, 'is a number from 0 to 65535')
    .transform(Number)
    .refine((port) => port <= 65_535, 'is a number from 0 to 65535')
    .default(3000),
  HOST: z.string().min(1, 'is an address or a name').default('127.0.0.1'),
  CHISPART_DATA: z.string().min(1, 'is a directory').default('./.chispart'),
  POSTGRES_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'starts with postgres://')
    .optional(),
  JWT_SECRET: z
    .string()
    .refine((value) => value.length >= 32 || value === SAMPLE, 'needs 32 characters or more')
    .optional(),
  CHISPART_LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
  CHISPART_ALLOWLIST: z.string().min(1, 'is a file').default('./config/allowlist.json'),
  CHISPART_PLANS: z.string().min(1, 'is a file').default('./config/plans.json'),
  CHISPART_EGRESS: z.string().min(1, 'is a file').default('./config/egress.json'),
  CHISPART_SANDBOX: z.enum(['auto', 'bubblewrap', 'docker']).default('auto'),
  CHISPART_SANDBOX_IMAGE: z.string().min(1, 'is the name of an image').default('chispart-sandbox'),
  CHISPART_POOL: z
    .string()
    .regex(/^\d{1,2}$/, 'is a number of sandboxes from 0 to 99')
    .transform(Number)
    .optional(),
  DOCKER_HOST: z.string().min(1, 'is the address of an engine').default('unix:///var/run/docker.sock'),
  CHISPART_OWNER_TOKEN: secret().optional(),
  CHISPART_VAULT_KEY: z
    .string()
    .refine((value) => value.length >= 16, 'needs 16 characters or more')
    .optional(),
  CHISPART_HOST_URL: address().optional(),
  CHISPART_WEBHOOK_SECRET: secret().optional(),
  S3_ENDPOINT: address().optional(),
  S3_ACCESS_KEY: z.string().min(1, 'is a key').optional(),
  S3_SECRET_KEY: z.string().min(1, 'is a key').optional(),
  S3_BUCKET: z.string().min(1, 'is a name').optional(),
  S3_REGION: z.string().min(1, 'is a name').default('us-east-1'),
  WORKERS: z
    .string()
    .default(QUEUES.join(','))
    .transform((text) => (text.trim() === '' ? [] : text.split(',').map((name) => name.trim())))
    .refine(
      (names) => names.every((name) => (QUEUES as readonly string[]).includes(name)),
      `is a list of: ${QUEUES.join(',')}`,
    ),
  CHISPART_RUN_KEEP_HOURS: z
    .string()
    .regex(/^\d{1,4}$/, 'is a number of hours from 0 to 9999')
    .transform(Number)
    .default(24),
  LLM_BASE_URL: address().optional(),
  LLM_API_KEY: key().optional(),
  LLM_MODEL: z.string().min(1, 'is the name of a model').optional(),
  BLACKBOX_BASE_URL: address().default('https://api.blackbox.ai'),
  BLACKBOX_API_KEY: key().optional(),
  GITHUB_TOKEN: key().optional(),
  GITHUB_API_URL: address().default('https://api.github.com'),
  CHISPART_PRICES: z.string().min(1, 'is a file').default('./config/prices.json'),
  NODE_ENV: z.string().optional(),
})

/** All that the server reads. */
export const VARIABLES = Object.keys(Environment.shape)
const KNOWN = VARIABLES.filter((name) => name.startsWith('CHISPART_'))
/** Read by the CLI and by a laptop's runtime; a person's shell may well hold them when the server starts. */
const ELSEWHERE = ['CHISPART_URL', 'CHISPART_TOKEN']
/** What `takeConfig` deletes: a child that inherits the environment must find none of them. */
const SECRETS = [
  'POSTGRES_URL',
  'JWT_SECRET',
  'CHISPART_OWNER_TOKEN',
  'CHISPART_VAULT_KEY',
  'CHISPART_WEBHOOK_SECRET',
  'S3_ACCESS_KEY',
  'S3_SECRET_KEY',
  'LLM_API_KEY',
  'BLACKBOX_API_KEY',
  'GITHUB_TOKEN',
]
/** Artifacts are kept there when all of them are set, and on disk when none is. */
const S3 = ['S3_ENDPOINT', 'S3_ACCESS_KEY', 'S3_SECRET_KEY', 'S3_BUCKET']

export interface Config {
  /** 0 is any free one. */
  readonly port: number
  readonly host: string
  readonly dataDir: string
  readonly postgresUrl: string | undefined
  readonly jwtSecret: string | undefined
  readonly ownerToken: string | undefined
  /** What credentials are sealed under; one of the data directory without. */
  readonly vaultKey: string | undefined
  /** What signs webhooks; without it none is taken. */
  readonly webhookSecret: string | undefined
  /** Where other servers and workers of the same database reach this one. */
  readonly hostUrl: string | undefined
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error'
  readonly allowlistFile: string
  /** Quotas per plan. */
  readonly plansFile: string
  readonly egressFile: string
  /** What sandboxes are made with. */
  readonly sandbox: SandboxChoice
  /** Sandboxes that wait for a new workspace; undefined: what suits the machine. */
  readonly pool: number | undefined
  /** Where artifacts are kept; on disk when it is undefined. */
  readonly s3: S3Options | undefined
  /** Kinds of workflow steps that this process runs. */
  readonly workers: readonly string[]
  /** Hours that the workspace of a failed run is kept for a person. */
  readonly runKeepHours: number
  readonly llm: LlmConfig
  readonly github: GithubConfig
  readonly pricesFile: string
  readonly production: boolean
  /** What was told in secret, by the names of its variables. */
  readonly secrets: readonly KnownSecret[]
}

/** Pure. Fault `invalid` with every problem, one `{field, problem}` each. */
export function loadConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const result = Environment.safeParse(env)
  const problems = [
    ...unknownNames(Object.keys(env)),
    ...halfOfS3(env),
    ...keyWithoutAddress(env),
    ...(result.error?.issues ?? []).map(({ path, message }) => ({ field: path.join('.'), problem: message })),
  ]
  if (!result.success || problems.length > 0) throw refused(problems)
  const read = result.data
  return {
    port: read.PORT,
    host: read.HOST,
    dataDir: read.CHISPART_DATA,
    postgresUrl: read.POSTGRES_URL,
    jwtSecret: read.JWT_SECRET,
    ownerToken: read.CHISPART_OWNER_TOKEN,
    vaultKey: read.CHISPART_VAULT_KEY,
    webhookSecret: read.CHISPART_WEBHOOK_SECRET,
    hostUrl: read.CHISPART_HOST_URL,
    logLevel: read.CHISPART_LOG_LEVEL,
    allowlistFile: read.CHISPART_ALLOWLIST,
    plansFile: read.CHISPART_PLANS,
    egressFile: read.CHISPART_EGRESS,
    sandbox: {
      kind: read.CHISPART_SANDBOX,
      dockerHost: read.DOCKER_HOST,
      image: read.CHISPART_SANDBOX_IMAGE,
    },
    pool: read.CHISPART_POOL,
    s3: s3Options(read),
    workers: read.WORKERS,
    runKeepHours: read.CHISPART_RUN_KEEP_HOURS,
    llm: { providers: providers(read), model: read.LLM_MODEL },
    github: { apiUrl: read.GITHUB_API_URL, token: read.GITHUB_TOKEN },
    pricesFile: read.CHISPART_PRICES,
    production: read.NODE_ENV === 'production',
    secrets: secretsOf(env),
  }
}

function secretsOf(env: Readonly<Record<string, string | undefined>>): KnownSecret[] {
  return SECRETS.flatMap((label) => {
    const value = label === 'POSTGRES_URL' ? passwordOf(env[label]) : env[label]
    return value === undefined || value === '' || value === SAMPLE ? [] : [{ label, value }]
  })
}

function passwordOf(url: string | undefined): string | undefined {
  return url === undefined || !URL.canParse(url) ? undefined : decodeURIComponent(new URL(url).password)
}

function s3Options(read: z.output<typeof Environment>): S3Options | undefined {
  const {
    S3_ENDPOINT: endpoint,
    S3_ACCESS_KEY: accessKey,
    S3_SECRET_KEY: secretKey,
    S3_BUCKET: bucket,
  } = read
  if (!endpoint || !accessKey || !secretKey || !bucket) return undefined
  return { endpoint, accessKey, secretKey, bucket, region: read.S3_REGION }
}

/** The first is the one that a call without a provider asks. */
function providers(read: z.output<typeof Environment>): Provider[] {
  const { LLM_BASE_URL, LLM_API_KEY, BLACKBOX_API_KEY, BLACKBOX_BASE_URL } = read
  return [
    ...(LLM_BASE_URL === undefined ? [] : [{ name: 'custom', baseUrl: LLM_BASE_URL, key: LLM_API_KEY }]),
    ...(BLACKBOX_API_KEY === undefined
      ? []
      : [{ name: 'blackbox', baseUrl: BLACKBOX_BASE_URL, key: BLACKBOX_API_KEY }]),
  ]
}

/** The server's own environment; its secrets are gone from it afterwards. Fault: invalid. */
export function takeConfig(): Config {
  const config = loadConfig(process.env)
  for (const name of SECRETS) delete process.env[name]
  return config
}

/** For what asks this machine's own tools how they are set. After `takeConfig` it holds none of our secrets. */
export function ownEnvironment(): Readonly<Record<string, string | undefined>> {
  return process.env
}

/** Plan → patterns. Fault: invalid (what is wrong with the file). */
export function loadAllowlist(file: string): Allowlist {
  try {
    return Allowlist.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch (cause) {
    const problem = `names a file that is no list of plans: ${file}. See config/allowlist.json for one.`
    throw refused([{ field: 'CHISPART_ALLOWLIST', problem }], cause)
  }
}

function refused(problems: readonly { field: string; problem: string }[], cause?: unknown): Fault {
  const lines = problems.map(({ field, problem }) => `  ${field} ${problem}`)
  return new Fault('invalid', `The configuration does not fit:\n${lines.join('\n')}`, {
    data: { problems },
    cause,
  })
}

function halfOfS3(env: Readonly<Record<string, string | undefined>>) {
  const missing = S3.filter((name) => env[name] === undefined)
  if (missing.length === S3.length) return []
  const problem = `is missing. Set all of ${S3.join(', ')}, or none of them to keep artifacts on disk.`
  return missing.map((field) => ({ field, problem }))
}

function keyWithoutAddress(env: Readonly<Record<string, string | undefined>>) {
  if (env['LLM_API_KEY'] === undefined || env['LLM_BASE_URL'] !== undefined) return []
  return [{ field: 'LLM_BASE_URL', problem: 'is missing: LLM_API_KEY is a key for the provider there.' }]
}

function unknownNames(names: readonly string[]) {
  return names
    .filter((name) => name.startsWith('CHISPART_') && !KNOWN.includes(name) && !ELSEWHERE.includes(name))
    .map((name) => ({ field: name, problem: `is not known. Did you mean ${nearest(name)}?` }))
}

function nearest(name: string): string {
  const [best] = KNOWN.map((known) => ({ known, far: distance(name, known) })).sort((a, b) => a.far - b.far)
  return best?.known ?? ''
}

/** Levenshtein's, one row at a time. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, n) => n)
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1]
    for (const [j, other] of [...b].entries()) {
      const swap = (row[j] ?? 0) + (letter === other ? 0 : 1)
      next.push(Math.min(swap, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1))
    }
    row = next
  }
  return row.at(-1) ?? 0
}
