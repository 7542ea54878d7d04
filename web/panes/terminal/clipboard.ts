// The clipboard, on pages that may use it and on those that may not (plain HTTP on a local network). It is read and written
// only from a person's own press.

/** Answers whether the text is on the clipboard. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    // No clipboard for this page, or no permission: the older way needs neither.
    return copyByEvent(text)
  }
}

/** The clipboard's text; undefined where the page may not read it. */
export async function readClipboard(): Promise<string | undefined> {
  try {
    return await navigator.clipboard.readText()
  } catch {
    return undefined
  }
}

function copyByEvent(text: string): boolean {
  const put = (event: ClipboardEvent) => {
    event.clipboardData?.setData('text/plain', text)
    event.preventDefault()
    event.stopImmediatePropagation()
  }
  document.addEventListener('copy', put, { capture: true, once: true })
  try {
    // Deprecated and without a successor where `navigator.clipboard` is withheld.
    return document.execCommand('copy')
  } finally {
    document.removeEventListener('copy', put, { capture: true })
  }
}
