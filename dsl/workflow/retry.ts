// When a step that failed is tried again, and how long it waits before. The clock and the dice are the engine's.
import { FAULTS } from '#dsl/fault.ts'
import type { FaultCode } from '#dsl/fault.ts'
import type { Retry } from './model.ts'

/** Why an attempt failed: a fault, or a command that answered with an exit code that is not 0. */
export type Failure = { readonly fault: FaultCode } | { readonly exitCode: number }

/** Whether another try may mend it: the fault table says so for faults; a command may always fail by chance. */
export function isRetried(retry: Retry, attempt: number, failure: Failure): boolean {
  if (attempt >= retry.attempts) return false
  return 'exitCode' in failure || FAULTS[failure.fault].retry
}

/**
 * Milliseconds to wait after attempt `attempt` (1-based). `random` is in [0, 1): half of the wait is drawn, so that
 * steps that fail together do not come back together.
 */
export function retryDelay(
  { backoff, delay_ms, max_delay_ms }: Retry,
  attempt: number,
  random: number,
): number {
  const growth = { constant: 1, linear: attempt, exponential: 2 ** Math.min(attempt - 1, 40) }[backoff]
  const full = Math.min(delay_ms * growth, max_delay_ms)
  return Math.round(full / 2 + (full / 2) * random)
}
