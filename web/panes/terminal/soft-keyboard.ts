// An on-screen keyboard does not press keys: it edits text, and corrects what it has written. Every edit of xterm's text area
// becomes keys exactly once; xterm's own reading of them, which types a composed word twice, never sees them.

const DEL = '\x7f'
/** Characters kept as context for the keyboard's suggestions. */
const CONTEXT_MAX = 200

/** The keys that turn one text into the other, typed at its end. */
export function keysBetween(before: string, after: string): string {
  const [from, to] = [[...before], [...after]]
  let same = 0
  while (same < from.length && from[same] === to[same]) same += 1
  return DEL.repeat(from.length - same) + to.slice(same).join('').replace(/\n/g, '\r')
}

/** Reads the edits of the text area inside `place`. Answers how to stop. */
export function readSoftKeyboard(place: HTMLElement, type: (keys: string) => void): () => void {
  let before = ''
  let composing = false
  /** A key that is down, and xterm's: the edit that it makes too is not typed again. */
  let key = false
  const areaOf = (event: Event) => (event.target instanceof HTMLTextAreaElement ? event.target : undefined)

  function intend(event: InputEvent): void {
    const area = areaOf(event)
    if (!area || key || event.inputType === 'insertFromPaste') return
    before = area.value
    // A keyboard erases what this text area no longer holds.
    if (before === '' && event.inputType.startsWith('delete')) type(DEL)
  }
  function edit(event: InputEvent): void {
    const area = areaOf(event)
    if (!area || event.inputType === 'insertFromPaste') return
    event.stopPropagation()
    if (key) return
    const keys = keysBetween(before, area.value)
    before = area.value
    if (keys) type(keys)
    if (keys.endsWith('\r') || (!composing && area.value.length > CONTEXT_MAX)) area.value = ''
  }
  function compose(event: CompositionEvent): void {
    composing = event.type !== 'compositionend'
    event.stopPropagation()
  }
  function press(event: KeyboardEvent): void {
    const area = areaOf(event)
    if (!area) return
    // 229: "an input method has it" (UI Events §7.3.1). Any other key is xterm's, and ends the word.
    key = event.keyCode !== 229
    if (!key) event.stopPropagation()
    else if (!composing) area.value = ''
  }

  const stop = new AbortController()
  const early = { capture: true, signal: stop.signal }
  place.addEventListener('beforeinput', intend, early)
  place.addEventListener('input', (event) => edit(event as InputEvent), early)
  place.addEventListener('compositionstart', compose, early)
  place.addEventListener('compositionupdate', compose, early)
  place.addEventListener('compositionend', compose, early)
  place.addEventListener('keydown', press, early)
  place.addEventListener('keyup', () => (key = false), early)
  return () => stop.abort()
}
