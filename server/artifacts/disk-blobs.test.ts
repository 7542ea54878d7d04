import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { blobStoreContract } from './blob-store-contract.ts'
import { diskBlobs } from './disk-blobs.ts'

blobStoreContract({
  name: 'disk',
  open: (dir) => diskBlobs(dir),
  damage: (dir, sha256, bytes) => writeFile(join(dir, sha256.slice(0, 2), sha256), bytes),
})
