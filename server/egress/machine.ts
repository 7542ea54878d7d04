// What this machine's own npm, pip and apt are set to use: registries, indexes, certificates. It reads only; what it
// answers holds no user name, password or token, because it is shown to sandboxes.
import { execFile } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'

export type Environment = Readonly<Record<string, string | undefined>>

export interface MachineSettings {
  /** Key of an npmrc, `registry` or `@scope:registry`, and its address. */
  readonly npm: Readonly<Record<string, string>>
  readonly pip: {
    readonly index: string | undefined
    readonly extra: readonly string[]
    /** Where pip itself looks when no index is set. */
    readonly usual: readonly string[]
  }
  readonly apt: readonly string[]
  /** PEM certificates that the machine trusts, each once. */
  readonly certificates: readonly string[]
}

const ASK_MS = 10_000
/** pip's own word for its index and where that keeps its files: there is no other place to ask. */
const ASK_PIP =
  'from pip._internal.models.index import PyPI as p; print(p.simple_url, "https://" + p.file_storage_domain)'
const Npm = z.record(z.string(), z.unknown()).catch({})
/** Where distributions keep the one file of all authorities: Debian, Fedora, SUSE, Alpine. */
const BUNDLES = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/ssl/cert.pem',
]
/** Variables by which a person tells one tool or another of one more authority. */
const BUNDLE_VARIABLES = [
  'SSL_CERT_FILE',
  'NODE_EXTRA_CA_CERTS',
  'REQUESTS_CA_BUNDLE',
  'CURL_CA_BUNDLE',
  'PIP_CERT',
  'GIT_SSL_CAINFO',
]
const REGISTRY = /^(@[\w.-]+:)?registry$/
const CERTIFICATE = /-----BEGIN CERTIFICATE-----[\w+/=\s]+-----END CERTIFICATE-----/g

/** A file that is missing or says nothing known is no setting; nothing here throws. */
export async function readMachine(env: Environment, root = '/'): Promise<MachineSettings> {
  const [npm, pip, usual, apt] = await Promise.all([
    readNpm(env),
    readPip(env, root),
    askPip(env),
    readApt(root),
  ])
  const files = [
    ...BUNDLES.map((path) => join(root, path)),
    ...[...BUNDLE_VARIABLES.map((name) => env[name]), npm['cafile'], pip['cert']],
  ]
  const texts = await Promise.all(files.map((path) => read(typeof path === 'string' ? path : '')))
  const own = [npm['ca']].flat().filter((text) => typeof text === 'string')
  return {
    npm: Object.fromEntries(
      Object.entries(npm).flatMap(([key, value]) => {
        const address = REGISTRY.test(key) ? plainAddress(value) : undefined
        return address === undefined ? [] : [[key, address]]
      }),
    ),
    pip: {
      index: plainAddress(env['PIP_INDEX_URL'] ?? pip['index-url']),
      extra: addresses(env['PIP_EXTRA_INDEX_URL'] ?? pip['extra-index-url']),
      usual,
    },
    apt,
    certificates: [...new Set([...texts, ...own].flatMap((text) => text.match(CERTIFICATE) ?? []))],
  }
}

/** An http(s) address without user name, password, query or fragment; undefined for anything else. */
export function plainAddress(text: unknown): string | undefined {
  const url = typeof text === 'string' ? URL.parse(text.trim()) : null
  if (url === null || !/^https?:$/.test(url.protocol)) return undefined
  return `${url.origin}${url.pathname}`
}

function addresses(text: string | undefined): string[] {
  return (text ?? '').split(/\s+/).flatMap((one) => plainAddress(one) ?? [])
}

/**
 * npm itself is asked: it alone knows its files and their order. It hides an address with a password, so those are read
 * from the files that it names. Not in a project, whose settings are not the machine's.
 */
async function readNpm(env: Environment): Promise<Record<string, unknown>> {
  const said = await askNpm(env)
  const files = [said['globalconfig'], said['userconfig']].map((path) =>
    typeof path === 'string' ? path : '',
  )
  const texts = await Promise.all(files.map(read))
  const written = texts.flatMap((text) => [...text.matchAll(/^\s*((?:@[\w.-]+:)?registry)\s*=\s*(\S+)/gm)])
  const hidden = [
    ...written.map(([, key = '', value = '']) => [key, value]),
    ['registry', env['npm_config_registry']],
  ]
  const shown = Object.entries(said).filter(
    ([key, value]) => !REGISTRY.test(key) || plainAddress(value) !== undefined,
  )
  return {
    ...Object.fromEntries(hidden.filter(([, value]) => value !== undefined)),
    ...Object.fromEntries(shown),
  }
}

function askNpm(env: Environment): Promise<Record<string, unknown>> {
  return new Promise((done) => {
    const options = { cwd: '/', env: { ...env }, timeout: ASK_MS }
    execFile('npm', ['config', 'list', '--json'], options, (_, stdout) => done(Npm.parse(parseJson(stdout))))
  })
}

/** Nothing on a machine without pip. */
function askPip(env: Environment): Promise<string[]> {
  return new Promise((done) => {
    const options = { cwd: '/', env: { ...env }, timeout: ASK_MS }
    execFile('python3', ['-c', ASK_PIP], options, (_, stdout) => done(addresses(stdout)))
  })
}

/** Later files win (pip's "Configuration", Location). */
async function readPip(env: Environment, root: string): Promise<Record<string, string>> {
  const home = env['HOME'] ?? join(root, 'root')
  const files = [
    join(root, 'etc/xdg/pip/pip.conf'),
    join(root, 'etc/pip.conf'),
    join(home, '.pip/pip.conf'),
    join(env['XDG_CONFIG_HOME'] ?? join(home, '.config'), 'pip/pip.conf'),
    env['PIP_CONFIG_FILE'] ?? '',
  ]
  const texts = await Promise.all(files.map(read))
  return Object.assign({}, ...texts.map(iniSettings)) as Record<string, string>
}

/** Keys of any section; a value may go on in indented lines. */
function iniSettings(text: string): Record<string, string> {
  const whole = text.replace(/\r?\n[ \t]+/g, ' ')
  const lines = whole.matchAll(/^([\w-]+)[ \t]*[=:][ \t]*(.*)$/gm)
  return Object.fromEntries(
    [...lines].map(([, key = '', value = '']) => [key.replaceAll('_', '-'), value.trim()]),
  )
}

/** One-line and deb822 sources (sources.list(5)). */
async function readApt(root: string): Promise<string[]> {
  const directory = join(root, 'etc/apt/sources.list.d')
  const names = await readdir(directory).catch(() => [])
  const files = [join(root, 'etc/apt/sources.list'), ...names.map((name) => join(directory, name))]
  const texts = await Promise.all(files.map(read))
  const lines = texts
    .flatMap((text) => text.split('\n'))
    .filter((line) => /^\s*(deb\b|deb-src\b|URIs:)/.test(line))
  return [...new Set(lines.flatMap((line) => addresses(line.replace(/\[.*?\]/, ' '))))]
}

function read(path: string): Promise<string> {
  return path === '' ? Promise.resolve('') : readFile(path, 'utf8').catch(() => '')
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
