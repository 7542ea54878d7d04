// Ceph's programs from Debian's packages, unpacked into this project's cache: nothing is installed. Only tests ask.
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
const CACHE = fileURLToPath(new URL('../../.cache/ceph', import.meta.url))
const PACKAGES = ['radosgw', 'ceph-mon', 'ceph-osd']
const TIMEOUT_MS = 300_000

/** The directory that holds `usr/bin/radosgw`; undefined where it cannot be had, which is then said aloud. */
export async function cephPrograms(): Promise<string | undefined> {
  if (existsSync(CACHE)) return CACHE
  try {
    await unpack()
    return CACHE
  } catch (error) {
    const why = error instanceof Error ? error.message.split('\n')[0] : String(error)
    process.stderr.write(`\nThis machine cannot get Ceph from Debian's packages (${why}).\n`)
    process.stderr.write('Tests against a real S3 server are LEFT OUT here.\n\n')
    return undefined
  }
}

/** Beside its place first, so that a half of it is never taken for the whole. */
async function unpack(): Promise<void> {
  await mkdir(dirname(CACHE), { recursive: true })
  const fresh = await mkdtemp(`${CACHE}-`)
  try {
    const debs = join(fresh, 'debs')
    await mkdir(debs)
    // The lists of packages may be missing or too old to be true; only root may renew them.
    await download(debs).catch(async () => {
      await apt(['update'])
      await download(debs)
    })
    for (const deb of await readdir(debs)) await run('dpkg', ['-x', join(debs, deb), fresh])
    await rm(debs, { recursive: true })
    await rename(fresh, CACHE).catch((error: unknown) => {
      if (!existsSync(CACHE)) throw error
    })
  } finally {
    await rm(fresh, { recursive: true, force: true })
  }
}

async function download(into: string): Promise<void> {
  await apt(['download', ...(await missing())], into)
}

/** What of them and of all that they need is not installed. */
async function missing(): Promise<string[]> {
  const { stdout } = await apt(['install', '--simulate', '--yes', '--no-install-recommends', ...PACKAGES])
  return [...stdout.matchAll(/^Inst (\S+)/gm)].flatMap(([, name]) => name ?? [])
}

const apt = (args: readonly string[], cwd?: string) =>
  run('apt-get', args, { cwd, timeout: TIMEOUT_MS, maxBuffer: 16_777_216 })
