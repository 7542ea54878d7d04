// Where this server keeps bytes, by its configuration. It opens; whoever asked closes.
import { join } from 'node:path'
import type { BlobStore } from './blob-store.ts'
import { diskBlobs } from './disk-blobs.ts'
import { s3Blobs } from './s3-blobs.ts'
import type { S3Options } from './s3-blobs.ts'
import { createStaging } from './staging.ts'
import type { Staging } from './staging.ts'

/** Bytes of one artifact. */
export const ARTIFACT_MAX = 1_073_741_824

/** What comes in is staged in the data directory also when it is kept on S3: only then is its name known. */
export function openBlobs(
  dataDir: string,
  s3: S3Options | undefined,
): { blobs: BlobStore; staging: Staging } {
  const dir = join(dataDir, 'artifacts')
  return {
    blobs: s3 ? s3Blobs(s3) : diskBlobs(dir),
    staging: createStaging({ dir: join(dir, 'staging'), max: ARTIFACT_MAX }),
  }
}
