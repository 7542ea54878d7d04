// A media query as a signal.
import { createSignal, onCleanup } from 'solid-js'

/** As wide as the style sheets' own border between phone and desktop. */
export const PHONE = '(max-width: 640px)'

/** Fingers first: no hover, and an on-screen keyboard. */
export const TOUCH = '(pointer: coarse)'

export function createMedia(query: string): () => boolean {
  const list = matchMedia(query)
  const [matches, setMatches] = createSignal(list.matches)
  const follow = () => setMatches(list.matches)
  list.addEventListener('change', follow)
  onCleanup(() => list.removeEventListener('change', follow))
  return matches
}
