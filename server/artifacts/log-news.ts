// Wakes whoever waits for more of a log that this process writes. It says that there is more, never what.

export interface LogNews {
  tell(run: string, step: string): void
  /** What it answers resolves at the next word of that log; asked for before reading, it misses none. */
  next(run: string, step: string): { readonly heard: Promise<void>; forget(): void }
}

export function createLogNews(): LogNews {
  const waiting = new Map<string, Set<() => void>>()
  const keyOf = (run: string, step: string) => `${run}/${step}`

  return {
    tell(run, step) {
      const key = keyOf(run, step)
      for (const wake of waiting.get(key) ?? []) wake()
      waiting.delete(key)
    },
    next(run, step) {
      const key = keyOf(run, step)
      const { promise, resolve } = Promise.withResolvers<void>()
      const all = waiting.get(key) ?? new Set()
      waiting.set(key, all.add(resolve))
      return {
        heard: promise,
        forget() {
          all.delete(resolve)
          if (all.size === 0 && waiting.get(key) === all) waiting.delete(key)
        },
      }
    },
  }
}
