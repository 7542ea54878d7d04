// When the garbage collector of a relay runs. It changes no limit of memory, only what counts towards it.
import { setFlagsFromString } from 'node:v8'

let isSet = false

/**
 * V8 marks the whole heap whenever some megabytes of buffers have come and gone, which a flood of terminal output does
 * eight times in 64 MB: with this flag buffers count as what they are, a part of the heap's limit. Call it when a flood
 * comes, or all that a start reads is read: V8 refuses what was compiled under other flags, so that each of Node's own
 * modules that is first needed later is compiled from its source. Idempotent.
 */
export function countBuffersAsHeap(): void {
  if (isSet) return
  isSet = true
  // Bun has another collector, and no such flag.
  if (process.versions['bun'] === undefined) setFlagsFromString('--external-memory-accounted-in-global-limit')
}
