// Brings bytes into the store of blobs under their hash. It leases the hash first, so that no sweep takes them again.
import { Fault } from '#dsl/fault.ts'
import { leaseBlob } from '#server/store/blobs.ts'
import type { Store } from '#server/store/store.ts'
import type { Blob, BlobStore } from './blob-store.ts'
import type { Staging } from './staging.ts'

export interface KeepParts {
  readonly store: Store
  readonly blobs: BlobStore
  readonly staging: Staging
  readonly now: () => Date
}

/** Longer than any upload takes: who refers to the bytes later than that is refused by the database. */
const LEASE_MS = 6 * 3_600_000

/** The bytes are durable when it resolves. Faults: too_large, exhausted, unavailable; whatever the source fails with. */
export async function keepBytes(
  { store, blobs, staging, now }: KeepParts,
  source: AsyncIterable<Uint8Array>,
): Promise<Blob> {
  const staged = await staging.stage(source)
  try {
    await leaseBlob(store, staged, new Date(now().getTime() + LEASE_MS))
    await blobs.put(staged)
    return { sha256: staged.sha256, bytes: staged.bytes }
  } catch (error) {
    if (error instanceof Fault) throw error
    throw new Fault('unavailable', 'The artifact could not be stored. The log has the cause.', {
      cause: error,
    })
  } finally {
    await staged.discard()
  }
}
