// The power over the workspace's files. It never follows a link out of the jail and never leaves half a file behind.
import { createHash, randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import type { Stats } from 'node:fs'
import { lstat, mkdir, open, readdir, realpath, rename, rm, rmdir, unlink } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { Fault } from '#dsl/fault.ts'
import { CONTENT_MAX } from '#dsl/ops/file/fields.ts'
import type { FileContent, Files, FileStat, ReadOptions, WriteOptions } from '#dsl/powers/files.ts'
import { fileFault } from './file-fault.ts'
import { inJail, inside } from './jail.ts'
import { locate } from './paths.ts'
import type { Jail } from './paths.ts'

/** Most entries of one listing: more would not fit one answer. */
export const LIST_MAX = 20_000
const NEW_FILE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW
const DIRECTORY = constants.O_RDONLY | constants.O_DIRECTORY
const PIECE = 65_536

export function filesPower(jail: Jail): Files {
  const told = <T>(path: string, act: Promise<T>): Promise<T> =>
    act.catch((error: unknown) => {
      throw fileFault(error, path)
    })
  return {
    read: (path, options = {}) =>
      told(
        path,
        inside(jail, path, constants.O_RDONLY, (file, real) => readPart(file, real, options)),
      ),
    write: (path, content, options = {}) => told(path, write(jail, path, content, options)),
    list: (path) =>
      told(
        path,
        inside(jail, path, DIRECTORY, (_, real, anchor) => list(real, anchor)),
      ),
    stat: (path) => told(path, inJail(jail, path, statOf)),
    mkdir: (path, { parents = false } = {}) => told(path, makeDirectory(jail, path, parents)),
    move: (from, to, { overwrite = false } = {}) => told(`${from} → ${to}`, move(jail, from, to, overwrite)),
    remove: (path, { recursive = false } = {}) => told(path, inJail(jail, path, removing(jail, recursive))),
  }
}

async function readPart(file: FileHandle, real: string, options: ReadOptions): Promise<FileContent> {
  const stats = await file.stat()
  if (!stats.isFile()) throw new Fault('conflict', `"${real}" is not a file.`)
  const { offset = 0, encoding = 'utf8' } = options
  const length = options.length ?? Math.max(0, stats.size - offset)
  if (length > CONTENT_MAX)
    throw new Fault(
      'too_large',
      `"${real}" has ${stats.size} bytes. Read it in parts of at most ${CONTENT_MAX}.`,
    )
  const bytes = Buffer.alloc(Math.min(length, Math.max(0, stats.size - offset)))
  const { bytesRead } = await file.read(bytes, 0, bytes.length, offset)
  const content = textOf(bytes.subarray(0, bytesRead), encoding, real)
  return { path: real, content, encoding, size: stats.size, sha256: await digest(file) }
}

function textOf(bytes: Buffer, encoding: 'utf8' | 'base64', real: string): string {
  if (encoding === 'base64') return bytes.toString('base64')
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (cause) {
    throw new Fault('invalid', `"${real}" is not UTF-8 there. Read it with encoding "base64".`, { cause })
  }
}

async function digest(file: FileHandle): Promise<string> {
  const hash = createHash('sha256')
  const piece = Buffer.alloc(PIECE)
  for (let at = 0; ;) {
    const { bytesRead } = await file.read(piece, 0, PIECE, at)
    if (bytesRead === 0) return hash.digest('hex')
    hash.update(piece.subarray(0, bytesRead))
    at += bytesRead
  }
}

async function write(
  jail: Jail,
  path: string,
  content: string,
  options: WriteOptions,
): Promise<FileStat & { sha256: string }> {
  const bytes = Buffer.from(content, options.encoding ?? 'utf8')
  if (bytes.length > CONTENT_MAX)
    throw new Fault('too_large', `A call writes at most ${CONTENT_MAX} bytes, not ${bytes.length}.`)
  if (options.parents) await makeDirectory(jail, dirname(locate(jail, path)), true)
  return inJail(jail, await target(jail, path), async (safe, real) => {
    const before = await lstat(safe).catch(() => undefined)
    if (before && !before.isFile()) throw new Fault('conflict', `"${path}" is not a file.`)
    if (options.ifSha256 !== undefined) await mustStillBe(safe, options.ifSha256, path)
    await replace(safe, bytes, before?.mode)
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    return { ...(await statOf(safe, real)), sha256 }
  })
}

/** A link is written through, to where it leads; the jail then judges that place. */
async function target(jail: Jail, path: string): Promise<string> {
  const isLink = await inJail(jail, path, async (safe) =>
    (await lstat(safe).catch(() => undefined))?.isSymbolicLink(),
  )
  return isLink ? realpath(locate(jail, path)) : path
}

async function mustStillBe(safe: string, sha256: string, path: string): Promise<void> {
  const file = await open(safe, constants.O_RDONLY | constants.O_NOFOLLOW)
  try {
    if ((await digest(file)) !== sha256)
      throw new Fault('conflict', `"${path}" has changed since it was read. Read it again.`)
  } finally {
    await file.close()
  }
}

/** A whole new file beside the old one, then renamed over it. */
async function replace(safe: string, bytes: Buffer, mode: number | undefined): Promise<void> {
  const fresh = join(dirname(safe), `.${basename(safe).slice(0, 200)}.${randomBytes(6).toString('hex')}`)
  const file = await open(fresh, NEW_FILE, 0o666)
  try {
    await file.writeFile(bytes)
    if (mode !== undefined) await file.chmod(mode & 0o7777)
    await file.datasync()
    await rename(fresh, safe)
  } catch (error) {
    await rm(fresh, { force: true })
    throw error
  } finally {
    await file.close()
  }
}

async function list(real: string, anchor: string): Promise<FileStat[]> {
  const names = await readdir(anchor)
  if (names.length > LIST_MAX)
    throw new Fault('too_large', `"${real}" holds ${names.length} entries; one answer holds ${LIST_MAX}.`)
  const stats = names.sort().map((name) =>
    statOf(`${anchor}/${name}`, join(real, name)).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined
      throw error
    }),
  )
  return (await Promise.all(stats)).filter((stat) => stat !== undefined)
}

async function makeDirectory(jail: Jail, path: string, parents: boolean): Promise<FileStat> {
  const wanted = locate(jail, path)
  const make = () =>
    inJail(jail, wanted, async (safe, real) => {
      await mkdir(safe).catch((error: NodeJS.ErrnoException) => {
        if (!parents || error.code !== 'EEXIST') throw error
      })
      return statOf(safe, real)
    })
  return make().catch(async (error: NodeJS.ErrnoException) => {
    if (!parents || error.code !== 'ENOENT' || dirname(wanted) === wanted) throw error
    await makeDirectory(jail, dirname(wanted), true)
    return make()
  })
}

function move(jail: Jail, from: string, to: string, overwrite: boolean): Promise<FileStat> {
  return inJail(jail, from, (source) =>
    inJail(jail, to, async (goal, real) => {
      await lstat(source)
      const taken = await lstat(goal).catch(() => undefined)
      if (taken && !overwrite)
        throw new Fault('conflict', `There is something at "${to}". Say overwrite to replace it.`)
      await rename(source, goal)
      return statOf(goal, real)
    }),
  )
}

function removing(jail: Jail, recursive: boolean): (safe: string, real: string) => Promise<void> {
  return async (safe, real) => {
    if (jail.roots.includes(real)) throw new Fault('denied', `"${real}" is the workspace itself.`)
    if (!(await lstat(safe)).isDirectory()) return unlink(safe)
    if (recursive) await empty(safe)
    await rmdir(safe)
  }
}

/** Walks by open directories, so that a directory swapped for a link is not walked into. */
async function empty(safe: string): Promise<void> {
  const handle = await open(safe, DIRECTORY | constants.O_NOFOLLOW)
  try {
    const anchor = process.platform === 'linux' ? `/proc/self/fd/${handle.fd}` : safe
    for (const entry of await readdir(anchor, { withFileTypes: true })) {
      const child = `${anchor}/${entry.name}`
      if (!entry.isDirectory()) await unlink(child)
      else {
        await empty(child)
        await rmdir(child)
      }
    }
  } finally {
    await handle.close()
  }
}

async function statOf(safe: string, real: string): Promise<FileStat> {
  const stats = await lstat(safe)
  return {
    name: basename(real),
    path: real,
    type: typeOf(stats),
    size: stats.size,
    modifiedAt: stats.mtime.toISOString(),
    mode: (stats.mode & 0o7777).toString(8),
  }
}

function typeOf(stats: Stats): FileStat['type'] {
  if (stats.isFile()) return 'file'
  if (stats.isDirectory()) return 'directory'
  return stats.isSymbolicLink() ? 'symlink' : 'other'
}
