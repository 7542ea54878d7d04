// What every store of blobs must prove, whatever it is made of: `describe` blocks over one that a factory gives.
import { createHash, randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Blob, BlobStore, ByteRange } from './blob-store.ts'
import { createStaging } from './staging.ts'

export interface BlobStoreSubject {
  /** For the titles. */
  readonly name: string
  /** `dir` is this suite's own. */
  open(dir: string): Promise<BlobStore> | BlobStore
  /** Puts other bytes in the place of a blob, as a failing disk would. */
  damage(dir: string, sha256: string, bytes: Uint8Array): Promise<void>
}

const MIB = 1_048_576
const UNKNOWN = 'a'.repeat(64)

export async function bytesOf(store: BlobStore, blob: Blob, range?: ByteRange): Promise<Buffer> {
  return Buffer.concat(await Readable.from(await store.get(blob, range)).toArray())
}

export function blobStoreContract({ name, open, damage }: BlobStoreSubject): void {
  describe(`blobs on ${name}`, () => {
    let dir = ''
    let store: BlobStore
    beforeAll(async () => {
      dir = await mkdtemp(join(tmpdir(), 'chispart-blobs-'))
      store = await open(dir)
    })
    afterAll(async () => {
      store.close()
      await rm(dir, { recursive: true })
    })

    const put = async (bytes: Uint8Array): Promise<Blob> => {
      const staging = createStaging({ dir: join(dir, 'staging'), max: 64 * MIB })
      const staged = await staging.stage(Readable.from([Buffer.from(bytes)]))
      await store.put(staged)
      await staged.discard()
      return { sha256: staged.sha256, bytes: staged.bytes }
    }
    const kept = async () => {
      const all: Blob[] = []
      for await (const blob of store.list()) all.push(blob)
      return all
    }

    it('come back as they were put, under their SHA-256', async () => {
      const bytes = randomBytes(100_000)
      const blob = await put(bytes)
      expect(blob).toEqual({ sha256: createHash('sha256').update(bytes).digest('hex'), bytes: 100_000 })
      expect((await bytesOf(store, blob)).equals(bytes)).toBe(true)
      expect(await store.head(blob.sha256)).toEqual(blob)
    })

    it('may be empty', async () => {
      const blob = await put(new Uint8Array())
      expect(await bytesOf(store, blob)).toHaveLength(0)
      expect(await store.head(blob.sha256)).toEqual(blob)
    })

    it('may be larger than one part of an upload', async () => {
      const bytes = randomBytes(20 * MIB)
      const blob = await put(bytes)
      expect((await bytesOf(store, blob)).equals(bytes)).toBe(true)
    })

    it.each([
      [0, 0],
      [10, 19],
      [999, 999],
      [0, 999],
    ])('give the bytes %i to %i', async (start, end) => {
      const bytes = randomBytes(1000)
      const blob = await put(bytes)
      expect((await bytesOf(store, blob, { start, end })).equals(bytes.subarray(start, end + 1))).toBe(true)
    })

    it('are one, and whole, when many writers put the same bytes at once', async () => {
      const bytes = randomBytes(MIB)
      const blobs = await Promise.all(Array.from({ length: 8 }, () => put(bytes)))
      const [blob] = blobs
      if (blob === undefined) throw new Error('nothing was put')
      expect((await bytesOf(store, blob)).equals(bytes)).toBe(true)
      expect((await kept()).filter(({ sha256 }) => sha256 === blob.sha256)).toEqual([blob])
    })

    it('are listed, and gone when they are removed, once or twice', async () => {
      const blob = await put(randomBytes(10))
      expect(await kept()).toContainEqual(blob)
      await store.remove(blob.sha256)
      await store.remove(blob.sha256)
      expect(await kept()).not.toContainEqual(blob)
      expect(await store.head(blob.sha256)).toBeUndefined()
      await expect(store.get(blob)).rejects.toMatchObject({ code: 'not_found' })
    })

    it('that were never put are not there', async () => {
      expect(await store.head(UNKNOWN)).toBeUndefined()
      await expect(store.get({ sha256: UNKNOWN, bytes: 1 })).rejects.toMatchObject({ code: 'not_found' })
      await expect(store.get({ sha256: UNKNOWN, bytes: 1 }, { start: 0, end: 0 })).rejects.toMatchObject({
        code: 'not_found',
      })
    })

    it('whose bytes changed are refused before their last byte is given', async () => {
      const bytes = randomBytes(3 * MIB)
      const blob = await put(bytes)
      const other = Buffer.from(bytes)
      other.writeUInt8(other.readUInt8(0) ^ 1, 0)
      await damage(dir, blob.sha256, other)
      const given: Buffer[] = []
      const read = async () => {
        for await (const chunk of await store.get(blob)) given.push(chunk as Buffer)
      }
      await expect(read()).rejects.toMatchObject({
        code: 'internal',
        message: expect.stringContaining('damaged') as string,
      })
      expect(Buffer.concat(given).length).toBeLessThan(bytes.length)
    })

    it('of which a part is missing are refused at once, and are whole again when they are put again', async () => {
      const bytes = randomBytes(1000)
      const blob = await put(bytes)
      await damage(dir, blob.sha256, bytes.subarray(1))
      await expect(store.get(blob)).rejects.toMatchObject({ code: 'internal' })
      await expect(store.get(blob, { start: 0, end: 9 })).rejects.toMatchObject({ code: 'internal' })
      await put(bytes)
      expect((await bytesOf(store, blob)).equals(bytes)).toBe(true)
    })

    it.each(['', '../../etc/passwd', 'A'.repeat(64), `${UNKNOWN}/..`, `${UNKNOWN}\n`])(
      'are named by nothing but a hash: %j is refused',
      async (sha256) => {
        await expect((async () => store.head(sha256))()).rejects.toMatchObject({ code: 'invalid' })
        await expect((async () => store.get({ sha256, bytes: 1 }))()).rejects.toMatchObject({
          code: 'invalid',
        })
        await expect((async () => store.remove(sha256))()).rejects.toMatchObject({ code: 'invalid' })
      },
    )

    it('that nobody reads to the end are let go of', async () => {
      const blob = await put(randomBytes(5 * MIB))
      const stream = await store.get(blob)
      const closed = new Promise((resolve) => stream.once('close', resolve))
      stream.destroy()
      await closed
      expect(stream.destroyed).toBe(true)
    })
  })
}
