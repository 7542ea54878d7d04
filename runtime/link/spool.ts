// Events of a call that outlives its link, until they are acknowledged. It never drops one that was not: whoever makes
// events waits instead. The start of each kind of text stays, so that a reader who knows nothing any more can be told it.

/** Bytes of events that may wait for a reader before the program is paused. Below what a server lets wait of one call. */
export const SPOOL_MAX = 2_097_152
/** Bytes of text of each type of event that are kept after they were read. */
export const HEAD_MAX = 65_536
/** What an event costs beside its JSON. */
const OVERHEAD = 64

export interface Spooled {
  /** 1-based number of the event. */
  readonly n: number
  /** Bytes of text (`data`) in the events before it. */
  readonly at: number
  readonly event: unknown
}

interface Waiting extends Spooled {
  readonly size: number
  readonly isHead: boolean
}

export interface Spool {
  add(event: unknown): Spooled
  /** Every event until `n` is safe elsewhere. */
  acknowledge(n: number): void
  /** Undefined while there is room; else it resolves when there is again. */
  room(): Promise<void> | undefined
  /** All that is kept behind `n`, in order; a number that is missing was acknowledged. */
  after(n: number): Spooled[]
}

export function createSpool(max = SPOOL_MAX): Spool {
  const heads: Spooled[] = []
  const headBytes = new Map<string, number>()
  let queue: Waiting[] = []
  let first = 0
  let bytes = 0
  let last = 0
  let at = 0
  let free = Promise.withResolvers<void>()

  function belongsToHead(type: string, length: number): boolean {
    const before = headBytes.get(type) ?? 0
    if (length === 0 || before >= HEAD_MAX) return false
    headBytes.set(type, before + length)
    return true
  }

  function drop(): void {
    const head = queue[first]
    if (head === undefined) return
    first += 1
    bytes -= head.size
    if (head.isHead) heads.push({ n: head.n, at: head.at, event: head.event })
    if (first < 1024) return
    queue = queue.slice(first)
    first = 0
  }

  return {
    add(event) {
      const { type, data } = (event ?? {}) as { type?: unknown; data?: unknown }
      const length = typeof data === 'string' ? Buffer.byteLength(data) : 0
      const size = JSON.stringify(event).length + OVERHEAD
      const isHead = belongsToHead(String(type), length)
      const spooled = { n: (last += 1), at, event }
      at += length
      bytes += size
      queue.push({ ...spooled, size, isHead })
      return spooled
    },
    acknowledge(n) {
      while ((queue[first]?.n ?? Infinity) <= n) drop()
      if (bytes > max) return
      free.resolve()
      free = Promise.withResolvers()
    },
    room: () => (bytes > max ? free.promise : undefined),
    after(n) {
      const waiting = queue.slice(first).map(({ n, at, event }) => ({ n, at, event }))
      return [...heads, ...waiting].filter((one) => one.n > n)
    },
  }
}
