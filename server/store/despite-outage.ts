// What may be done twice goes on when the database comes back: it is done again if it failed only because that was away. It
// never repeats what failed for any other reason.
import { setTimeout as wait } from 'node:timers/promises'
import { isDatabaseAway } from './transaction.ts'

const LONGEST_MS = 2000

/** Throws what `act` throws once the database was away for `patienceMs`, and the signal's reason. */
export async function despiteOutage<T>(
  patienceMs: number,
  signal: AbortSignal,
  act: () => Promise<T>,
): Promise<T> {
  const until = Date.now() + patienceMs
  for (let pause = 50; ; pause = Math.min(pause * 2, LONGEST_MS)) {
    try {
      return await act()
    } catch (error) {
      if (!isDatabaseAway(error) || signal.aborted || Date.now() > until) throw error
      await wait(pause, undefined, { signal }).catch(() => {
        throw signal.reason
      })
    }
  }
}
