// Bytes on their way out, held against the hash that they are stored under. It never lets go of the last bytes unchecked.
import { createHash } from 'node:crypto'
import { Transform, pipeline } from 'node:stream'
import type { Readable } from 'node:stream'
import { damagedBlob } from './blob-store.ts'
import type { Blob } from './blob-store.ts'

/** The same bytes; it fails with `internal` instead of ending when their hash or number is another one. */
export function verified(source: Readable, { sha256, bytes }: Blob): Readable {
  const hash = createHash('sha256')
  let seen = 0
  let held: Buffer | undefined
  const check = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk)
      seen += chunk.length
      const ready = held
      held = chunk
      done(null, ready)
    },
    flush(done) {
      if (seen !== bytes || hash.digest('hex') !== sha256) return done(damagedBlob())
      done(null, held)
    },
  })
  // Every end, good or bad, is told by the stream itself.
  pipeline(source, check, () => undefined)
  return check
}
