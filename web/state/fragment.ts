// Reads the one-time code out of a URL fragment. It takes the code out of the address bar and the history at once.
import { createSignal, onCleanup } from 'solid-js'

/** What an address led here with: a one-time link, or the code of an invitation. */
export interface Found {
  readonly kind: 'link' | 'pair'
  readonly code: string
}

/** The code of `#link=<code>` or `#pair=<code>`, also at the end of a whole address. */
export function codeOf(address: string): Found | undefined {
  const found = /#(link|pair)=([\w.~-]+)$/.exec(address.trim())
  if (!found?.[2]) return undefined
  return { kind: found[1] === 'pair' ? 'pair' : 'link', code: found[2] }
}

/** A signal. A link that is pasted over the address of the open page changes its fragment only, and loads nothing. */
export function createFound() {
  const [found, setFound] = createSignal(take())
  const follow = () => {
    const next = take()
    if (next) setFound(next)
  }
  addEventListener('hashchange', follow)
  onCleanup(() => removeEventListener('hashchange', follow))
  return [found, setFound] as const
}

function take(): Found | undefined {
  const found = codeOf(location.hash)
  if (found) history.replaceState(history.state, '', location.pathname + location.search)
  return found
}
