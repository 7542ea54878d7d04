// Bytes on their way in: on disk first, where they are counted and hashed, so that their name is known before they are kept.
import { createHash, randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, open, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { Fault } from '#dsl/fault.ts'
import type { Blob } from './blob-store.ts'

/** A file here that is older belongs to nobody: the process that wrote it was killed. */
const ABANDONED_MS = 24 * 3_600_000

export interface Staged extends Blob {
  readonly path: string
  read(): Readable
  /** To be called whatever came of it. Idempotent. */
  discard(): Promise<void>
}

export interface Staging {
  /** Durable when it resolves; of what fails nothing stays. Faults: too_large; whatever the source fails with. */
  stage(source: AsyncIterable<Uint8Array>): Promise<Staged>
  /** Removes what killed processes left. */
  sweep(now: Date): Promise<void>
}

/** `dir` is made when it is not there; `max` is in bytes. */
export function createStaging({ dir, max }: { dir: string; max: number }): Staging {
  return {
    async stage(source) {
      const path = join(dir, randomUUID())
      try {
        await mkdir(dir, { recursive: true, mode: 0o700 })
        return staged(path, await write(path, source, max))
      } catch (error) {
        await rm(path, { force: true })
        throw full(error)
      }
    },
    async sweep(now) {
      const names = await readdir(dir).catch(() => [])
      for (const path of names.map((name) => join(dir, name))) {
        const made = await stat(path).catch(() => undefined)
        if (made && now.getTime() - made.mtimeMs > ABANDONED_MS) await rm(path, { force: true })
      }
    },
  }
}

async function write(path: string, source: AsyncIterable<Uint8Array>, max: number): Promise<Blob> {
  const hash = createHash('sha256')
  let bytes = 0
  const file = await open(path, 'wx', 0o600)
  try {
    for await (const chunk of source) {
      bytes += chunk.length
      if (bytes > max) throw tooLarge(max)
      hash.update(chunk)
      await file.writeFile(chunk)
    }
    await file.sync()
  } finally {
    await file.close()
  }
  return { sha256: hash.digest('hex'), bytes }
}

const staged = (path: string, blob: Blob): Staged => ({
  ...blob,
  path,
  read: () => createReadStream(path),
  discard: () => rm(path, { force: true }),
})

const tooLarge = (max: number) =>
  new Fault('too_large', `An artifact has at most ${max / 1_048_576} MiB. Keep less of it, or compress it.`)

function full(error: unknown): unknown {
  const code = (error as NodeJS.ErrnoException).code
  if (code !== 'ENOSPC' && code !== 'EDQUOT') return error
  return new Fault('exhausted', 'The disk of this server has no room for artifacts.', { cause: error })
}
