// When the garbage collector of a relay runs. It changes no limit of memory, only what counts towards it.
import { setFlagsFromString } from 'node:v8'

/**
 * Call it first of all. V8 marks the whole heap whenever some megabytes of buffers have come and gone, which a flood of
 * terminal output does eight times in 64 MB: with this flag buffers count as what they are, a part of the heap's limit.
 */
export function countBuffersAsHeap(): void {
  // Bun has another collector, and no such flag.
  if (process.versions['bun'] === undefined) setFlagsFromString('--external-memory-accounted-in-global-limit')
}
