// How an artifact is named and typed to a browser: always a download, and never as something that runs.

const OCTETS = 'application/octet-stream'
/** What no browser runs, by what we answer. A page, a drawing or a style sheet of a run is bytes to us. */
const SAFE: Readonly<Record<string, string>> = {
  'text/plain': 'text/plain; charset=utf-8',
  'text/markdown': 'text/plain; charset=utf-8',
  'text/csv': 'text/csv; charset=utf-8',
  'application/json': 'application/json',
  'application/sarif+json': 'application/sarif+json',
  'application/x-asciicast': 'application/x-asciicast',
  'application/gzip': 'application/gzip',
  'application/zip': 'application/zip',
  'image/png': 'image/png',
  'image/jpeg': 'image/jpeg',
  'image/gif': 'image/gif',
  'image/webp': 'image/webp',
}
const NAME_MAX = 150

/** Of the type only what is before its parameters counts. */
export function safeType(type: string): string {
  const essence = type.split(';')[0]?.trim().toLowerCase() ?? ''
  return Object.hasOwn(SAFE, essence) ? (SAFE[essence] ?? OCTETS) : OCTETS
}

/** `Content-Disposition` by RFC 6266, the name also in the form of RFC 8187 for what is not ASCII. */
export function attachment(name: string): string {
  const file = fileName(name)
  const ascii = file.replace(/[^\x20-\x7e]|["\\%;]/g, '_')
  return `attachment; filename="${ascii}"; filename*=UTF-8''${encoded(file)}`
}

/** The last part of a path, without what would be a command to a terminal, a shell or the reader's eyes. */
function fileName(name: string): string {
  const last = name.split(/[/\\]/).findLast((part) => part !== '') ?? ''
  const plain = last
    .toWellFormed()
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}<>:|?*]/gu, '_')
    .replace(/^\.+/, '_')
  return [...plain].slice(0, NAME_MAX).join('') || 'artifact'
}

/** RFC 8187 §3.2.1: what `encodeURIComponent` leaves and a parameter may not hold. */
const encoded = (text: string) =>
  encodeURIComponent(text).replace(/['()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)
