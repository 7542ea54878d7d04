// A condition that counts only once it has held for a while: a short break is not worth a word.
import { createEffect, createSignal, on, onCleanup } from 'solid-js'
import type { Accessor } from 'solid-js'

/** Milliseconds that a break may last unsaid. */
export const UNSAID_MS = 1000

export function createLater(condition: Accessor<boolean>, ms = UNSAID_MS): Accessor<boolean> {
  const [holds, setHolds] = createSignal(false)
  createEffect(
    on(condition, (now) => {
      if (!now) return setHolds(false)
      const timer = setTimeout(() => setHolds(true), ms)
      onCleanup(() => clearTimeout(timer))
    }),
  )
  return holds
}
