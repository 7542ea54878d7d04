// The browser's proof as a cookie (RFC 6265bis): no script reads it, no other site sends it. It never judges the proof.

export type Protocol = 'http' | 'https'

/** `__Host-` binds a cookie to this very host, and browsers take it over https only (RFC 6265bis §4.1.3.2). */
const SECURE_NAME = '__Host-chispart'
const PLAIN_NAME = 'chispart'

/**
 * The proof in a `Cookie` header. The `__Host-` cookie always counts, because only https can have set it and TLS may
 * end at a proxy before us; the plain one never counts on https, where anything on the way could have planted it.
 */
export function readCookie(header: string | undefined, protocol: Protocol | undefined): string | undefined {
  const pairs = (header ?? '').split(';').map((pair) => pair.trim())
  const valueOf = (name: string) =>
    pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1) || undefined
  return valueOf(SECURE_NAME) ?? (protocol === 'https' ? undefined : valueOf(PLAIN_NAME))
}

/** `Set-Cookie` that keeps `proof` for `maxAgeMs`. */
export function setCookie(proof: string, maxAgeMs: number, protocol: Protocol): string {
  const seconds = String(Math.floor(maxAgeMs / 1000))
  return `${nameFor(protocol)}=${proof}; Max-Age=${seconds}; ${attributes(protocol)}`
}

/** Two `Set-Cookie` that make the browser forget it, whichever way it came. */
export const clearCookies = () =>
  (['http', 'https'] as const).map((protocol) => `${nameFor(protocol)}=; Max-Age=0; ${attributes(protocol)}`)

const nameFor = (protocol: Protocol) => (protocol === 'https' ? SECURE_NAME : PLAIN_NAME)

const attributes = (protocol: Protocol) =>
  `Path=/; HttpOnly; SameSite=Strict${protocol === 'https' ? '; Secure' : ''}`
