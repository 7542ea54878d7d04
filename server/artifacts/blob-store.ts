// Where bytes are kept under their hash: the contract that disk and S3 both hold. It never knows what the bytes are for.
import type { Readable } from 'node:stream'
import { Fault } from '#dsl/fault.ts'
import type { Staged } from './staging.ts'

export interface Blob {
  /** Lower-case hex. */
  readonly sha256: string
  readonly bytes: number
}

/** First and last byte, both included, as HTTP counts. */
export interface ByteRange {
  readonly start: number
  readonly end: number
}

export interface BlobStore {
  /** Durable when it resolves. Any number of writers of the same bytes may come at once. Fault: unavailable. */
  put(staged: Staged): Promise<void>
  /**
   * The stream of a whole blob fails with `internal` before its last byte when what is kept no longer has its hash; of a
   * range only the size of the whole is checked. Faults: not_found, internal (damaged), unavailable.
   */
  get(blob: Blob, range?: ByteRange): Promise<Readable>
  head(sha256: string): Promise<Blob | undefined>
  list(): AsyncIterable<Blob>
  /** Idempotent. */
  remove(sha256: string): Promise<void>
  close(): void
}

const SHA256 = /^[0-9a-f]{64}$/

export const isSha256 = (name: string): boolean => SHA256.test(name)

/** A hash becomes part of a path and of a key, so nothing else may stand there. */
export function checkedSha256(name: string): string {
  if (isSha256(name)) return name
  throw new Fault('invalid', 'A blob is named by its SHA-256 in lower-case hex.')
}

export const goneBlob = () =>
  new Fault('not_found', 'The bytes of this artifact are gone. Run the step again to make them anew.')

export const damagedBlob = () =>
  new Fault(
    'internal',
    'The bytes of this artifact are damaged: they no longer have the checksum they were stored with. ' +
      'Run the step again to make them anew.',
  )
