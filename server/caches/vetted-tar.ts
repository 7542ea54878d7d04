// What of a tar may be unpacked in a workspace: regular files, directories and links that stay inside, below the folders of
// one cache. It believes nothing that an archive says, whoever made it; owners, times and special bits are left out.
import { posix } from 'node:path'
import { PassThrough } from 'node:stream'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { extract, pack } from 'tar-stream'
import type { Extract, Header, Pack } from 'tar-stream'
import { Fault } from '#dsl/fault.ts'

/** Where archives are packed from and unpacked to. */
export const CACHE_ROOT = '/work'
/** Files, directories and links of one archive. */
export const ENTRIES_MAX = 500_000
const NAME_MAX = 4096

export interface Vetting {
  /** Below `CACHE_ROOT`, without slashes around: `.cache/pip`. */
  readonly folders: readonly string[]
  /** Bytes of all files together. */
  readonly max: number
  /** `drop`: what may not be is left out. `refuse`: it makes the whole an error. */
  readonly otherwise: 'drop' | 'refuse'
}

type Cleaned = Pick<Header, 'name' | 'type' | 'size' | 'mode' | 'linkname'>
type Sink = ReturnType<Pack['entry']>
type Entry = Pick<Header, 'name' | 'type' | 'size' | 'mode'> & { readonly linkname?: string | null }

/** A tar of what may be. The stream fails with: denied (`refuse`), too_large, invalid (it is no tar, or half of one). */
export function vettedTar(source: Readable, vetting: Vetting): Readable {
  const entries = extract()
  const fresh = pack()
  const readable = new PassThrough()
  // Every end of it, good or bad, is told by the stream that is handed out.
  pipeline(fresh as unknown as NodeJS.ReadableStream, readable).catch(() => entries.destroy())
  copy(source, entries, vetting, fresh).then(
    () => fresh.finalize(),
    (error: unknown) => fresh.destroy(faultOf(error)),
  )
  return readable
}

async function copy(source: Readable, entries: Extract, vetting: Vetting, fresh: Pack): Promise<void> {
  // A source that fails destroys `entries`, so that the loop below fails with the same error.
  const feeding = pipeline(source, entries as unknown as NodeJS.WritableStream)
  feeding.catch(() => undefined)
  const judge = createJudge(vetting)
  for await (const entry of entries) {
    const safe = judge(entry.header)
    if (safe === undefined) {
      entry.resume()
      continue
    }
    const sink = fresh.entry(safe)
    // It fails with `fresh`, which is where the error is told.
    sink.on('error', () => undefined)
    const closed = new Promise<void>((resolve) => void sink.once('close', () => resolve()))
    for await (const bytes of entry as AsyncIterable<Uint8Array>)
      if (!sink.write(bytes)) await drained(sink, closed)
    sink.end(undefined)
  }
  await feeding
}

/** Rejects when whoever read the archive has gone. */
async function drained(sink: Sink, closed: Promise<void>): Promise<void> {
  const drain = new Promise<void>((resolve) => void sink.once('drain', () => resolve()))
  if (!sink.destroyed) await Promise.race([drain, closed])
  if (sink.destroyed) throw new Fault('cancelled', 'Nobody reads the archive any more.')
}

/** Answers the header that an entry gets, or undefined for one that is left out. Order matters: it remembers. */
export function createJudge({ folders, max, otherwise }: Vetting): (entry: Entry) => Cleaned | undefined {
  const seen = new Map<string, Header['type']>()
  /** Directories that something lies in, whether or not they are entries themselves. */
  const parents = new Set<string>()
  let bytes = 0

  function problem(entry: Entry, name: string): string | undefined {
    const { type } = entry
    if (!isPlain(name) || !isBelow(name, folders)) return 'lies elsewhere'
    if (!['file', 'directory', 'symlink'].includes(type)) return `is a ${type}`
    if (seen.has(name) && !(type === 'directory' && seen.get(name) === 'directory')) return 'is there twice'
    if (type !== 'directory' && parents.has(name)) return 'is a directory already'
    if (ancestors(name).some((above) => (seen.get(above) ?? 'directory') !== 'directory'))
      return 'lies below what is no directory'
    if (type === 'symlink' && !staysInside(name, entry.linkname ?? '', folders)) return 'leads elsewhere'
    return undefined
  }

  return (entry) => {
    const name = entry.name.replace(/^(\.\/)+/, '').replace(/\/+$/, '')
    const wrong = problem(entry, name)
    if (wrong !== undefined && otherwise === 'drop') return undefined
    if (wrong !== undefined)
      throw new Fault('denied', `The cache is not unpacked: "${entry.name.slice(0, 200)}" in it ${wrong}.`)
    bytes += entry.type === 'file' ? entry.size : 0
    if (bytes > max || seen.size >= ENTRIES_MAX)
      throw new Fault('too_large', `A cache has at most ${max} bytes in ${ENTRIES_MAX} files.`)
    seen.set(name, entry.type)
    for (const above of ancestors(name)) parents.add(above)
    return cleaned(entry, name)
  }
}

function cleaned({ type, size, mode, linkname }: Entry, name: string): Cleaned {
  if (type === 'symlink') return { name, type, size: 0, mode: 0o777, linkname: linkname ?? '' }
  const runs = type === 'directory' || (mode & 0o100) !== 0
  return { name, type, size: type === 'file' ? size : 0, mode: runs ? 0o755 : 0o644, linkname: '' }
}

/** Relative, and what it says: no part of it is empty, `.` or `..`. */
function isPlain(name: string): boolean {
  if (name.length > NAME_MAX || name.includes('\0')) return false
  return name.split('/').every((part) => part !== '' && part !== '.' && part !== '..')
}

function isBelow(name: string, folders: readonly string[]): boolean {
  return folders.some((folder) => name === folder || name.startsWith(`${folder}/`))
}

function ancestors(name: string): string[] {
  const parts = name.split('/')
  return parts.slice(1).map((_, n) => parts.slice(0, n + 1).join('/'))
}

/**
 * Up first, then down: a `..` behind a name could stand behind another link, and lead elsewhere than it reads. Where it
 * goes down may be links too, but each of those stays inside by the same rule.
 */
function staysInside(name: string, target: string, folders: readonly string[]): boolean {
  if (target.startsWith(`${CACHE_ROOT}/`)) {
    const inside = target.slice(CACHE_ROOT.length + 1)
    return isPlain(inside) && isBelow(inside, folders)
  }
  const [up = '', down = ''] = /^((?:\.\.\/)*)(.*)$/s.exec(target)?.slice(1) ?? []
  if (!isPlain(down)) return false
  const place = posix.dirname(name).split('/')
  const rise = up.length / 3
  if (rise > place.length) return false
  return isBelow([...place.slice(0, place.length - rise), down].join('/'), folders)
}

function faultOf(error: unknown): Fault {
  if (error instanceof Fault) return error
  return new Fault('invalid', 'The cache is no whole tar.', { cause: error })
}
