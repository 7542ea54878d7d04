// Does one thing now and at intervals until it is closed, never twice at once. What it does is the caller's; it decides nothing.
import type { Log } from './log.ts'

export interface Regular {
  /** Aborts what runs, and waits for it. */
  close(): Promise<void>
}

/** An `act` that fails is told to the log with `failed`, and the next one tries again. */
export function regularly(
  act: (signal: AbortSignal) => Promise<void>,
  everyMs: number,
  { log, failed }: { log: Log; failed: string },
): Regular {
  const ending = new AbortController()
  const once = async () => {
    if (ending.signal.aborted) return
    await act(ending.signal).catch((error: unknown) => log.error({ err: error }, failed))
  }
  let running = once()
  const timer = setInterval(() => (running = running.then(once)), everyMs)
  timer.unref()
  return {
    async close() {
      clearInterval(timer)
      ending.abort()
      await running
    },
  }
}
