// The mark that says which call made a text on GitHub: an HTML comment at its end, which no reader sees.

const OURS = /<!-- chispart:[^\s>]+ -->\s*$/

/** The body as it is, and the mark behind it; without a call id only the body. */
export function marked(body: string, once: string | undefined): string {
  if (once === undefined) return body
  return body === '' ? mark(once) : `${body}\n\n${mark(once)}`
}

export function hasMark(body: string | null | undefined, once: string | undefined): boolean {
  return once !== undefined && (body ?? '').trimEnd().endsWith(mark(once))
}

/** Whether any call of ours made it. */
export function isOurs(body: string | null | undefined): boolean {
  return OURS.test(body ?? '')
}

/** A comment of HTML ends at `-->`, so a key never brings one along. */
function mark(once: string): string {
  return `<!-- chispart:${once.replace(/-(?=-|$)|[<>%]/g, (found) => `%${found.charCodeAt(0).toString(16)}`)} -->`
}
