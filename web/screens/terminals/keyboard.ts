// The on-screen keyboard: what it covers is no part of the desk. Chromium resizes the page by itself (index.html asks it to);
// elsewhere only the visual viewport says what is still seen.
import { onCleanup, onMount } from 'solid-js'

/** Keeps `--seen` and `--seen-top` on the document while the asking owner lives. */
export function followKeyboard(): void {
  onMount(() => {
    const viewport = window.visualViewport
    if (!viewport) return
    const { style } = document.documentElement
    const follow = () => {
      style.setProperty('--seen', `${viewport.height}px`)
      style.setProperty('--seen-top', `${viewport.offsetTop}px`)
    }
    follow()
    viewport.addEventListener('resize', follow)
    viewport.addEventListener('scroll', follow)
    onCleanup(() => {
      viewport.removeEventListener('resize', follow)
      viewport.removeEventListener('scroll', follow)
      style.removeProperty('--seen')
      style.removeProperty('--seen-top')
    })
  })
}
