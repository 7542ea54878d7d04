// A Docker engine of a test's own: its own data, its own socket, and a base image made of this machine's own programs,
// because nothing can be pulled everywhere. Only tests use it; it installs nothing into the machine.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { access, chmod, mkdir, mkdtemp, readdir, readFile, realpath, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { pack, type Pack } from 'tar-stream'
import { npmHome } from '#server/fleet/drivers/bubblewrap/toolbox.ts'
import { runTool, TOOL_PATH } from '#server/fleet/volume/run.ts'
import { type Engine, openEngine, within } from './engine.ts'
import { followed } from './image.ts'

export interface TestEngine {
  readonly engine: Engine
  readonly socketPath: string
  readonly image: string
  /** The same image with one more line in its recipe. */
  imageWith(line: string): Promise<string>
  close(): Promise<void>
}

/** Unpacked, never installed. */
const ROOT = resolve(import.meta.dirname, '../../../..')
const UNPACKED = join(ROOT, '.cache/engine')
const PACKAGES = ['docker.io', 'containerd', 'runc', 'tini', 'libdevmapper1.02.1']
const NEEDED = ['dockerd', 'containerd', 'containerd-shim-runc-v2', 'runc', 'docker-init']
const IMAGE = 'chispart-sandbox-test'
const APART = ['unshare', '--mount', '--propagation', 'private']
const STARTED_MS = 30_000
const IMPORT_MS = 60_000
/** What the contract's commands are made of, what a workspace of the product wants, and what attacks try. */
const PROGRAMS = (
  'bash sh env cat tr touch id grep stat rm ln tail cut ls head sleep true kill mkdir rmdir mv git chmod cp date wc find tar ' +
  'sort xargs sha256sum timeout setsid mktemp dd sync mkfifo mknod truncate fallocate df yes perl getent prlimit ' +
  'unshare mount umount chroot nsenter setpriv ipcmk ipcs su'
).split(' ')
/** Directories that programs of these look into. */
const TREES = [`/usr/lib/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu/perl-base`]

/** The engine, or one sentence that says why there is none here. `isApart`: it cannot mount what this machine mounts. */
export async function openTestEngine(
  flags: readonly string[] = [],
  { isApart = false } = {},
): Promise<TestEngine | string> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'only root can start a Docker engine'
  const lack = await provide()
  if (lack !== undefined) return lack
  const folder = await mkdtemp(join(tmpdir(), 'engine-'))
  // With remapped users the engine's own root walks through; the socket in it has a mode of its own.
  await chmod(folder, 0o711)
  const socketPath = join(folder, 'docker.sock')
  const child = startDaemon(folder, flags, isApart)
  const close = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGTERM')
      await once(child, 'exit')
    }
    await rm(folder, { recursive: true, force: true })
  }
  try {
    await listens(child)
  } catch (error) {
    await close()
    return `dockerd does not run on this machine: ${error instanceof Error ? error.message : String(error)}`
  }
  // From here on a failure is one: an engine that runs is no reason to skip.
  const engine = openEngine(socketPath)
  await importBase(engine).catch(async (error: unknown) => {
    await close()
    throw error
  })
  return { engine, socketPath, image: IMAGE, imageWith: (line) => imageWith(engine, line), close }
}

async function provide(): Promise<string | undefined> {
  if (await hasAll()) return undefined
  await mkdir(UNPACKED, { recursive: true })
  const got = await runTool('apt-get', ['download', ...PACKAGES], UNPACKED)
  if (!got.ok)
    return `Docker is not installed, and apt-get cannot fetch it: ${got.stderr.trim().split('\n')[0]}`
  const packages = (await readdir(UNPACKED)).filter((name) => name.endsWith('.deb'))
  for (const name of packages) {
    await runTool('dpkg-deb', ['-x', name, '.'], UNPACKED)
    await rm(join(UNPACKED, name))
  }
  return (await hasAll()) ? undefined : `The packages ${PACKAGES.join(', ')} do not hold ${NEEDED.join(', ')}`
}

async function hasAll(): Promise<boolean> {
  const found = await Promise.all(NEEDED.map((name) => programOf(name)))
  return found.every((path) => path !== undefined)
}

function directories(): string[] {
  return [...TOOL_PATH.split(':'), join(UNPACKED, 'usr/sbin'), join(UNPACKED, 'usr/bin')]
}

async function programOf(name: string): Promise<string | undefined> {
  for (const directory of directories()) {
    const path = join(directory, name)
    const isThere = await access(path).then(
      () => true,
      () => false,
    )
    if (isThere) return path
  }
  return undefined
}

function startDaemon(folder: string, flags: readonly string[], isApart: boolean): ChildProcess {
  const args = [
    // No network of its own: sandboxes have none, and the machine's rules stay as they are.
    ...['--iptables=false', '--bridge=none', '--ip-forward=false'],
    ...['--data-root', join(folder, 'data'), '--exec-root', join(folder, 'run')],
    ...['--pidfile', join(folder, 'pid'), '--host', `unix://${join(folder, 'docker.sock')}`, ...flags],
  ]
  const libraries = join(UNPACKED, `usr/lib/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu`)
  const env = { PATH: directories().join(':'), LD_LIBRARY_PATH: libraries }
  // Apart: it sees no mount that is made here after it, as an engine of another machine sees none at all.
  const [program = '', ...words] = [...(isApart ? APART : []), 'dockerd', ...args]
  return spawn(program, words, { env, stdio: ['ignore', 'ignore', 'pipe'] })
}

/** Rejects with its last words when it ends before it listens. */
async function listens(child: ChildProcess): Promise<void> {
  const { stderr } = child
  if (stderr === null) throw new Error('dockerd has no standard error')
  let last = 'it said nothing'
  await new Promise<void>((done, fail) => {
    const timer = setTimeout(() => fail(new Error(`it does not listen: ${last}`)), STARTED_MS)
    const end = (act: () => void) => () => {
      clearTimeout(timer)
      act()
    }
    child.once('error', (error) => end(() => fail(error))())
    child.once(
      'exit',
      end(() => fail(new Error(last))),
    )
    createInterface({ input: stderr }).on('line', (line) => {
      last = line
      if (line.includes('API listen on')) end(done)()
    })
  })
}

/** What infra/docker/sandbox.Dockerfile makes, of the programs that are here. */
async function importBase(engine: Engine): Promise<void> {
  const root = pack()
  const imported = engine.importImage(Readable.from(root), { repo: IMAGE, ...within(IMPORT_MS) })
  for (const name of ['bin', 'sbin', 'lib', 'lib64'])
    root.entry({ name, type: 'symlink', linkname: `usr/${name}` })
  for (const path of await programsAndLibraries()) await add(root, path, inUsr(path), 0o755)
  for (const tree of TREES) await addTree(root, tree, tree.slice(1))
  await add(root, await realpath(process.execPath), 'opt/chispart/bin/node', 0o111)
  await addNpm(root)
  root.finalize()
  await followed(engine, await imported)
}

async function imageWith(engine: Engine, line: string): Promise<string> {
  const context = pack()
  context.entry({ name: 'Dockerfile' }, `FROM ${IMAGE}\n${line}\n`)
  context.finalize()
  const name = `${IMAGE}-more`
  const options = { t: name, networkmode: 'none', ...within(IMPORT_MS) }
  await followed(engine, await engine.buildImage(Readable.from(context), options))
  return name
}

async function programsAndLibraries(): Promise<string[]> {
  const programs = (await Promise.all(PROGRAMS.map((name) => programOf(name)))).filter(
    (path) => path !== undefined,
  )
  // The runtime's one library, and what it is linked with.
  const pty = join(ROOT, `node_modules/node-pty/prebuilds/linux-${process.arch}/pty.node`)
  const { stdout } = await runTool('ldd', [...programs, await realpath(process.execPath), pty])
  return [...new Set([...programs, ...(stdout.match(/\/\S+\.so\S*(?= \()/g) ?? [])])]
}

/** On a merged system /lib is /usr/lib; on an older one it becomes so. */
function inUsr(path: string): string {
  return path.startsWith('/usr/') ? path.slice(1) : `usr${path}`
}

async function addNpm(root: Pack): Promise<void> {
  const npm = await npmHome()
  if (npm === undefined) return
  await addTree(root, npm, 'opt/chispart/npm')
  root.entry({ name: 'opt/chispart/bin/npm', type: 'symlink', linkname: '../npm/bin/npm-cli.js' })
}

/** Only its files: nothing of it is a link that matters. */
async function addTree(root: Pack, tree: string, name: string): Promise<void> {
  const found = await readdir(tree, { recursive: true, withFileTypes: true }).catch(() => [])
  for (const entry of found.filter((one) => one.isFile())) {
    const path = join(entry.parentPath, entry.name)
    await add(root, path, `${name}/${relative(tree, path)}`, (await stat(path)).mode & 0o755)
  }
}

async function add(root: Pack, path: string, name: string, mode: number): Promise<void> {
  const bytes = await readFile(path)
  await new Promise<void>((done, fail) =>
    root.entry({ name, mode }, bytes, (error) => (error ? fail(error) : done())),
  )
}
