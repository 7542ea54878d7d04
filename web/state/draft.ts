// What a person wrote and did not save yet. It outlives leaving the screen and a reload, and ends with the tab.
import { createSignal } from 'solid-js'

const keyOf = (name: string) => `chispart.draft.${name}`

/** `saved` is the text as the server has it. Reactive. */
export function createDraft(storage: Storage, name: string, saved: string) {
  const [base, setBase] = createSignal(saved)
  const [text, setText] = createSignal(storage.getItem(keyOf(name)) ?? saved)
  const isDirty = () => text() !== base()

  function keep(): void {
    if (!isDirty()) return storage.removeItem(keyOf(name))
    try {
      storage.setItem(keyOf(name), text())
    } catch {
      // A full storage costs the draft only when the tab goes; the text itself is on the page.
    }
  }
  return {
    text,
    isDirty,
    write(next: string): void {
      setText(next)
      keep()
    },
    /** The server has this text now. */
    saved(next: string): void {
      setBase(next)
      keep()
    },
    discard(): void {
      setText(base())
      keep()
    },
  }
}
