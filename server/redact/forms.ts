// The forms in which programs print a secret: as it is, quoted for another language, or encoded. It keeps none of them.

/** A form that a line end breaks after fewer bytes is not found: what ends a line is shown with its line. */
export const BROKEN_AFTER = 4
/** Bytes. What is shorter is found in too much that is no secret. */
export const SHORTEST = 8
/** Bytes of a line of a secret of several lines, such as a key in PEM, that is looked for by itself. */
const LINE = 16
const HTML: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Each without line ends, which split none of them; there is none of a secret that is too short to be told from other text. */
export function formsOf(secret: string): readonly Buffer[] {
  const lines = secret.split(/\r?\n/).filter((line) => Buffer.byteLength(line) >= LINE)
  const texts = [secret, ...lines].flatMap((text) => [...quoted(text), ...encoded(Buffer.from(text))])
  const whole = texts.map((text) => text.replaceAll(/[\r\n]/g, ''))
  return [...new Set(whole)].map((text) => Buffer.from(text)).filter(({ length }) => length >= SHORTEST)
}

/** As strings of other languages have it. */
export function quoted(text: string): string[] {
  return [
    text,
    JSON.stringify(text).slice(1, -1),
    encodeURIComponent(text),
    new URLSearchParams([['', text]]).toString().slice(1),
    text.replaceAll(/[&<>"']/g, (found) => HTML[found] ?? found),
    text.replaceAll("'", String.raw`'\''`),
  ]
}

function encoded(bytes: Buffer): string[] {
  const hex = bytes.toString('hex')
  const base64 = [0, 1, 2].flatMap((shift) => base64At(bytes, shift))
  return [hex, hex.toUpperCase(), ...base64.flatMap(broken)]
}

/** Base64 is written in lines, which may end after its first characters. */
function broken(text: string): string[] {
  return Array.from({ length: BROKEN_AFTER }, (_, skipped) => text.slice(skipped))
}

/**
 * In both alphabets (RFC 4648, 4 and 5), the characters that are the same whatever stands before and after, when it begins
 * `shift` bytes into a group of three.
 */
export function base64At(bytes: Buffer, shift: number): string[] {
  const text = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64')
  const after = [0, 3, 2][(shift + bytes.length) % 3] ?? 0
  const inner = text.slice([0, 2, 3][shift], text.length - after)
  return [inner, inner.replaceAll('+', '-').replaceAll('/', '_')]
}
