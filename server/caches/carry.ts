// Carries a cache out of a workspace and into another one, as a tar in parts. What comes out is vetted, and again what goes
// in; it never lets tar write where the workspace already has something.
import { randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { Fault } from '#dsl/fault.ts'
import type { AskFiles } from '#server/workflow/steps/matched-files.ts'
import type { AskShell } from '#server/workflow/steps/run-workspace.ts'
import type { Manager } from './managers.ts'
import { CACHE_ROOT, vettedTar } from './vetted-tar.ts'

/** Bytes of one cache. */
export const CACHE_MAX = 1_000_000_000
/** What the tar adds to the files: headers, and the last block. */
const TAR_MAX = CACHE_MAX + 50_000_000
const PART = 4_194_304
const NOTHING = 3

export interface Hands {
  readonly shell: AskShell
  readonly files: AskFiles
}

/**
 * Hands the tar of what is in the folders to `take`; undefined when they hold nothing. Faults: too_large, conflict (it
 * changes, or cannot be read), and whatever `take` fails with.
 */
export async function packed<T>(
  { shell, files }: Hands,
  { folders }: Manager,
  take: (tar: Readable) => Promise<T>,
): Promise<T | undefined> {
  return aside(shell, async (dir) => {
    const { exitCode } = await shell(`set -o pipefail; for f in ${folders.join(' ')}
      do [ -d "$f" ] && [ -n "$(ls -A "$f")" ] && set -- "$@" "$f"; done; [ $# -gt 0 ] || exit ${NOTHING}
      tar --create --format=pax --hard-dereference -- "$@" | head -c ${TAR_MAX} | split -b ${PART} -a 5 -d - ${dir}/`)
    if (exitCode === NOTHING) return undefined
    if (exitCode !== 0)
      throw new Fault('conflict', `The cache cannot be packed, or has more than ${CACHE_MAX} bytes.`)
    const tar = vettedTar(Readable.from(partsIn(files, dir)), { folders, max: CACHE_MAX, otherwise: 'drop' })
    return take(tar)
  })
}

/** Faults: denied, invalid, too_large (the archive), conflict (no room), and whatever `tar` fails with. */
export async function unpacked({ shell, files }: Hands, { folders }: Manager, tar: Readable): Promise<void> {
  await aside(shell, async (dir) => {
    let n = 0
    for await (const part of inParts(vettedTar(tar, { folders, max: CACHE_MAX, otherwise: 'refuse' })))
      await files('file.write', {
        path: `${CACHE_ROOT}/${dir}/${String(n++).padStart(5, '0')}`,
        content: part.toString('base64'),
        encoding: 'base64',
      })
    const { exitCode } = await shell(`set -e -o pipefail; mkdir ${dir}/tree
      cat ${dir}/[0-9]* | tar --extract --no-same-owner --directory=${dir}/tree
      for f in ${folders.join(' ')}; do if [ -e "${dir}/tree/$f" ] && [ ! -e "$f" ]; then
        mkdir -p "$(dirname "$f")"; mv -T "${dir}/tree/$f" "$f"; fi; done`)
    if (exitCode !== 0)
      throw new Fault('conflict', `tar cannot unpack the cache in the workspace (${exitCode}).`)
  })
}

/** In a folder of its own on the same disk, which is gone afterwards. */
async function aside<T>(shell: AskShell, act: (dir: string) => Promise<T>): Promise<T> {
  const dir = `.chispart/cache-${randomBytes(8).toString('hex')}`
  const { exitCode } = await shell(`mkdir -p ${dir}`)
  if (exitCode !== 0) throw new Fault('conflict', 'The workspace has no room for a cache.')
  try {
    return await act(dir)
  } finally {
    await shell(`rm -rf ${dir}`)
  }
}

async function* partsIn(files: AskFiles, dir: string): AsyncGenerator<Buffer> {
  const { files: parts } = await files('file.list', { path: `${CACHE_ROOT}/${dir}` })
  for (const { path } of parts as { path: string }[]) {
    const { content } = await files('file.read', { path, encoding: 'base64' })
    yield Buffer.from(content as string, 'base64')
  }
}

async function* inParts(source: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let held: Uint8Array[] = []
  let size = 0
  for await (const bytes of source) {
    held.push(bytes)
    size += bytes.length
    if (size < PART / 2) continue
    yield Buffer.concat(held)
    held = []
    size = 0
  }
  if (size > 0) yield Buffer.concat(held)
}
