// Blobs as files, DIR/ab/abcd…: a file is whole or not there, and is never changed once it is.
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { checkedSha256, damagedBlob, goneBlob, isSha256 } from './blob-store.ts'
import type { BlobStore } from './blob-store.ts'
import type { Staged } from './staging.ts'
import { verified } from './verified.ts'

/** `dir` is made when it is not there; it is on the same file system as the staging directory. */
export function diskBlobs(dir: string): BlobStore {
  const fileOf = (sha256: string) => join(dir, checkedSha256(sha256).slice(0, 2), sha256)

  return {
    put: (staged) => keep(staged, fileOf(staged.sha256)),

    async get(blob, range) {
      const file = await open(fileOf(blob.sha256), 'r').catch((error: unknown) => {
        throw isAbsent(error) ? goneBlob() : error
      })
      const { size } = await file.stat()
      if (size !== blob.bytes) {
        await file.close()
        throw damagedBlob()
      }
      return range ? file.createReadStream(range) : verified(file.createReadStream(), blob)
    },

    async head(sha256) {
      const found = await stat(fileOf(sha256)).catch(absent)
      return found && { sha256, bytes: found.size }
    },

    async *list() {
      for (const folder of (await readdir(dir).catch(absent)) ?? []) {
        const names = await readdir(join(dir, folder)).catch(absent)
        for (const sha256 of names?.filter(isSha256) ?? []) {
          const found = await stat(join(dir, folder, sha256)).catch(absent)
          if (found) yield { sha256, bytes: found.size }
        }
      }
    },

    remove: (sha256) => rm(fileOf(sha256), { force: true }),
    close: () => undefined,
  }
}

/** Over a file that is there already too: the same bytes, and a damaged one is whole again. */
async function keep(staged: Staged, file: string): Promise<void> {
  const folder = dirname(file)
  const made = await mkdir(folder, { recursive: true, mode: 0o700 })
  await rename(staged.path, file)
  await synced(folder)
  if (made !== undefined) await synced(dirname(folder))
}

async function synced(path: string): Promise<void> {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

const isAbsent = (error: unknown) =>
  ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')

function absent(error: unknown): undefined {
  if (!isAbsent(error)) throw error
}
