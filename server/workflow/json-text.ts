// JSON as Postgres takes it. Its text holds no NUL and no half of a surrogate pair, and one statement that names one fails as
// a whole: what a step printed would keep every other run of its turn from going on. It never changes anything else.

/** As JSON writes them; a backslash before one only makes the slower way be taken for nothing. */
const REFUSED = /\\u(?:0000|d[89a-f][0-9a-f]{2})/

/** With U+FFFD for each character that Postgres refuses, in texts and in names. Source: Postgres, "JSON Types". */
export function jsonText(value: unknown): string {
  const text = JSON.stringify(value)
  return REFUSED.test(text) ? JSON.stringify(kept(JSON.parse(text))) : text
}

function kept(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll('\0', '\ufffd').toWellFormed()
  if (Array.isArray(value)) return value.map(kept)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [kept(name), kept(one)]))
}
