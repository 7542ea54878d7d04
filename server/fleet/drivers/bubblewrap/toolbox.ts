// What every sandbox reads of ours: node without read permission, the runtime, npm, and a few files of /etc. Made once
// per version, never changed in place: sandboxes that run keep the version they started with.
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmod, copyFile, cp, lstat, mkdir, readFile, realpath, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { accountsOf, HOSTS, NAMES } from '#server/fleet/place/accounts.ts'
import { runTool } from '#server/fleet/volume/run.ts'
import { type EtcFiles, etcVersion, writeEtc } from './etc.ts'

export interface Toolbox {
  readonly node: string
  readonly runtime: string
  /** Undefined when this machine has no npm. */
  readonly npm: string | undefined
  /** Directory that is /etc. */
  readonly etc: string
}

export const AGENT_UID = 10_001

const ETC: EtcFiles = {
  ...accountsOf(AGENT_UID),
  'nsswitch.conf': NAMES,
  hosts: HOSTS,
}

/** `more`: files of /etc beside the few that every sandbox needs. */
export async function makeToolbox(
  path: string,
  runtimeDir: string,
  nodeBinary: string,
  more: EtcFiles,
): Promise<Toolbox> {
  await mkdir(path, { recursive: true, mode: 0o755 })
  const files = { ...more, ...ETC }
  // One after the other: when one fails, none goes on writing behind the caller's back.
  const node = await copyNode(path, nodeBinary)
  const runtime = await copyRuntime(path, runtimeDir)
  const npm = await copyNpm(path)
  const etc = await once(join(path, `etc-${await etcVersion(files)}`), (target) => writeEtc(target, files))
  return { node, runtime, npm, etc }
}

/** 0111: the kernel then lets nobody of the same uid read or trace the process (ptrace(2), "dumpable"). */
async function copyNode(path: string, nodeBinary: string): Promise<string> {
  const binary = await realpath(nodeBinary)
  const { size, mtimeMs } = await stat(binary)
  return once(join(path, `node-${size}-${Math.trunc(mtimeMs)}`), async (target) => {
    await copyFile(binary, target)
    await chmod(target, 0o111)
  })
}

async function copyRuntime(path: string, runtimeDir: string): Promise<string> {
  const hash = createHash('sha256')
  // By their names main.js knows all others but the first.
  for (const name of ['open.sh', 'main.js']) hash.update(await readFile(join(runtimeDir, name)))
  const version = hash.digest('hex').slice(0, 12)
  return once(join(path, `runtime-${version}`), (target) => copyReadable(runtimeDir, target))
}

async function copyNpm(path: string): Promise<string | undefined> {
  const home = await npmHome()
  // A program of /usr is there anyway.
  if (home === undefined || home.startsWith('/usr/')) return home
  const { mtimeMs } = await stat(home)
  return once(join(path, `npm-${Math.trunc(mtimeMs)}`), (target) => copyReadable(home, target))
}

/** Directory of this machine's npm; undefined when it has none. */
export async function npmHome(): Promise<string | undefined> {
  const found = await ourNpm()
  if (found === '') return undefined
  const cli = await realpath(found)
  return cli.endsWith('/bin/npm-cli.js') ? dirname(dirname(cli)) : undefined
}

/** By the PATH that the server was started with: version managers keep npm in a home directory. */
function ourNpm(): Promise<string> {
  return new Promise((done) => {
    execFile('/bin/sh', ['-c', 'command -v npm'], { timeout: 5000 }, (error, stdout) =>
      done(error ? '' : stdout.trim()),
    )
  })
}

async function copyReadable(from: string, to: string): Promise<void> {
  await cp(from, to, { recursive: true, dereference: true })
  await runTool('chmod', ['-R', 'u=rwX,go=rX', to])
}

/** Makes `target` whole or not at all: two servers may start at once, and a copy may be cut off. */
async function once(target: string, make: (draft: string) => Promise<void>): Promise<string> {
  if (await lstat(target).catch(() => undefined)) return target
  const draft = `${target}.${process.pid}`
  await rm(draft, { recursive: true, force: true })
  await make(draft)
  await rename(draft, target).catch(() => rm(draft, { recursive: true, force: true }))
  return target
}
