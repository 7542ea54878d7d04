// Token buckets, one per key, in bounded memory. They slow guessing down; what must hold for ever is kept in the store.

export interface RateLimit {
  /** Takes one; false when the key's bucket is empty. */
  take(key: string): boolean
  /** Puts one back: what it was taken for did no harm. */
  giveBack(key: string): void
}

export interface RateLimitOptions {
  /** How many at once. */
  readonly capacity: number
  /** Milliseconds until one more. */
  readonly everyMs: number
  /** Buckets remembered; beyond it the one that was used longest ago is forgotten, and so is full again. */
  readonly maxKeys?: number
  /** Milliseconds that never go back. */
  readonly now?: () => number
}

interface Bucket {
  level: number
  at: number
}

export function createRateLimit({
  capacity,
  everyMs,
  maxKeys = 10_000,
  now = () => performance.now(),
}: RateLimitOptions): RateLimit {
  // A Map keeps the order of insertion: a bucket that is used moves to the end, so the first is the oldest.
  const buckets = new Map<string, Bucket>()

  function touch(key: string): Bucket {
    const at = now()
    const last = buckets.get(key) ?? { level: capacity, at }
    const bucket = { level: Math.min(capacity, last.level + (at - last.at) / everyMs), at }
    buckets.delete(key)
    buckets.set(key, bucket)
    if (buckets.size > maxKeys) forgetOldest(buckets)
    return bucket
  }

  return {
    take(key) {
      const bucket = touch(key)
      if (bucket.level < 1) return false
      bucket.level -= 1
      return true
    },
    giveBack(key) {
      const bucket = touch(key)
      bucket.level = Math.min(capacity, bucket.level + 1)
    },
  }
}

function forgetOldest(buckets: Map<string, Bucket>): void {
  const [oldest] = buckets.keys()
  if (oldest !== undefined) buckets.delete(oldest)
}
