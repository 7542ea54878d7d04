// Cancellation as the language sees it: the part of AbortSignal that ops and powers need. It never aborts by itself.

/** Structural: every DOM, Node or Bun `AbortSignal` is one. */
export interface Signal {
  readonly aborted: boolean
  readonly reason: unknown
  throwIfAborted(): void
  addEventListener(type: 'abort', listener: () => void, options?: { once?: boolean }): void
  removeEventListener(type: 'abort', listener: () => void): void
}
