// Makes a fresh clone ready: packages, system packages, builds. Plain JavaScript for Node 20, no dependency; it never runs twice for nothing.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'

const ROOT = new URL('../..', import.meta.url).pathname
const STAMPS = join(ROOT, 'node_modules', '.chispart')
const NODE = join(ROOT, 'node_modules', '.bin', 'node')
/** What a sandbox is made with, and the tools that people expect to find in one. */
const SYSTEM = {
  bwrap: 'bubblewrap',
  'mkfs.ext4': 'e2fsprogs',
  git: 'git',
  curl: 'curl',
  less: 'less',
  vim: 'vim',
  htop: 'htop',
  tmux: 'tmux',
  ps: 'procps',
}

installPackages()
installSystem()
patchPackages()
build(
  'runtime',
  [
    'dsl',
    'runtime',
    'infra/scripts/build-runtime.ts',
    'infra/scripts/compile-runtime.ts',
    'infra/scripts/workspace-ops.ts',
  ],
  [NODE, 'infra/scripts/build-runtime.ts'],
)
build('cli', ['dsl', 'cli', 'infra/scripts/build-cli.ts'], [NODE, 'infra/scripts/build-cli.ts'])
build(
  'web',
  ['dsl', 'web', 'web/vite.config.ts'],
  [NODE, 'node_modules/vite/bin/vite.js', 'build', '--config', 'web/vite.config.ts', '--logLevel', 'warn'],
)

function installPackages() {
  const hash = digest(['package-lock.json'], `${process.platform}-${process.arch}`)
  if (fresh('packages', hash)) return
  say('Installing packages (once, about a minute) …')
  const npm = process.env.npm_execpath
  const argv = ['ci', '--include=dev', '--strict-allow-scripts', '--loglevel=error']
  const command = npm?.endsWith('.js') ? [process.execPath, npm, ...argv] : ['npm', ...argv]
  run(command)
  if (!existsSync(NODE) && Number(process.versions.node.split('.')[0]) < 24)
    stop('This platform has no packaged Node 24. Install Node 24 or newer and run the same command again.')
  stamp('packages', hash)
}

/** bubblewrap and friends by apt, when root or passwordless sudo is there; else one line that says what to run. */
function installSystem() {
  if (process.platform !== 'linux') return
  const missing = Object.entries(SYSTEM)
    .filter(([program]) => !onPath(program))
    .map(([, name]) => name)
  if (missing.length === 0) return
  const prefix = process.getuid() === 0 ? [] : ['sudo', '-n']
  const able = onPath('apt-get') && (prefix.length === 0 || spawnSync('sudo', ['-n', 'true']).status === 0)
  const line = `apt-get install -y ${missing.join(' ')}`
  if (!able) return say(`Missing: ${missing.join(', ')}. Run once: sudo ${line}`)
  say(`Installing ${missing.join(', ')} (once) …`)
  const env = ['env', 'DEBIAN_FRONTEND=noninteractive']
  spawnSync(...split([...prefix, ...env, 'apt-get', 'update', '-q']), { stdio: 'ignore' })
  const done = spawnSync(...split([...prefix, ...env, ...line.split(' '), '-q', '--no-install-recommends']), {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  if (done.status !== 0) say(`That did not work. Run once by hand: sudo ${line}`)
}

/** What a package does wrong and its authors have not released yet; infra/patches/README.md says what and why. */
function patchPackages() {
  const folder = join(ROOT, 'infra', 'patches')
  if (!existsSync(folder)) return
  const hash = digest(['package-lock.json', 'infra/patches'], 'patches')
  if (fresh('patches', hash)) return
  // A repository around this one is not asked what may be patched.
  process.env.GIT_CEILING_DIRECTORIES = dirname(ROOT)
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.patch'))) {
    const file = join('infra', 'patches', name)
    if (!applies(['--reverse', file])) run(['git', 'apply', file])
  }
  stamp('patches', hash)
}

function applies(argv) {
  return spawnSync('git', ['apply', '--check', ...argv], { cwd: ROOT, stdio: 'ignore' }).status === 0
}

function build(name, sources, command) {
  if (!sources.every((source) => existsSync(join(ROOT, source)))) return
  const hash = digest([...sources, 'package-lock.json'], name)
  const made = join(ROOT, 'dist', name)
  // Touched, because who asks for the time of a build asks whether it still fits.
  if (fresh(name, hash) && existsSync(made)) return utimesSync(made, new Date(), new Date())
  say(`Building ${name} …`)
  run(command)
  stamp(name, hash)
}

function run(command) {
  const { status } = spawnSync(...split(command), { cwd: ROOT, stdio: ['ignore', process.stderr, 'inherit'] })
  if (status !== 0) stop(`This failed: ${command.join(' ')}`)
}

function split([program, ...args]) {
  return [program, args]
}

function onPath(program) {
  const folders = `${process.env.PATH ?? ''}:/usr/sbin:/sbin`.split(':')
  return folders.some((folder) => folder !== '' && existsSync(join(folder, program)))
}

function digest(paths, salt) {
  const hash = createHash('sha256').update(salt)
  for (const path of paths) addTo(hash, join(ROOT, path))
  return hash.digest('hex')
}

/** Content decides, not time: a fresh clone and a second start must agree. Tests do not change a build. */
function addTo(hash, path) {
  if (/\.test\.tsx?$/.test(path)) return
  if (!statSync(path).isDirectory()) return hash.update(path.slice(ROOT.length)).update(readFileSync(path))
  for (const name of readdirSync(path).sort()) addTo(hash, join(path, name))
}

function fresh(name, hash) {
  const file = join(STAMPS, name)
  return existsSync(file) && readFileSync(file, 'utf8') === hash
}

function stamp(name, hash) {
  mkdirSync(STAMPS, { recursive: true })
  writeFileSync(join(STAMPS, name), hash)
}

function say(line) {
  process.stderr.write(`${line}\n`)
}

function stop(line) {
  say(line)
  process.exit(1)
}
