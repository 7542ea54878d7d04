// Where a credential is valid: a host and the beginning of its paths, and whether a request is inside. Pure. What could be
// read in two ways is inside of nothing.
import { Fault } from '#dsl/fault.ts'
import { hostName } from '#server/egress/host.ts'

export interface Place {
  /** `name:port` */
  readonly host: string
  /** Begins and ends with a slash. */
  readonly path: string
}

/** Letters that mean the same to every server, whether it decodes them or not. */
const PATH = /^\/([\w.~@+-]+\/)*$/

/** Fault: invalid. */
export function placeOf(address: string): Place {
  const url = URL.parse(address)
  const name = url?.protocol === 'https:' ? hostName(url.hostname) : undefined
  if (url === null || name === undefined) throw wrong('is https:// and the name of a host')
  if (url.username !== '' || url.password !== '') throw wrong('holds no user name and no password')
  if (url.search !== '' || url.hash !== '') throw wrong('has no ? and no #')
  const path = url.pathname.endsWith('/') ? url.pathname : `${url.pathname}/`
  if (!PATH.test(path)) throw wrong('has a path of letters, digits and . _ ~ @ + -')
  return { host: `${name}:${url.port === '' ? 443 : url.port}`, path }
}

/** As people write it. */
export function addressOf({ host, path }: Place): string {
  return `https://${host.replace(/:443$/, '')}${path}`
}

/** `path`: as it is in the request, without its query. */
export function isInside(path: string, begin: string): boolean {
  return path.startsWith(begin) || path === begin.slice(0, -1)
}

const DECODINGS = 3

/**
 * Whether every server takes the path for the same one: no dot segment in any spelling, however often it is decoded
 * (RFC 3986 §3.3, §5.2.4; CWE-22, CWE-174), no backslash, no control, no second slash at its beginning.
 */
export function isPlainPath(path: string): boolean {
  if (!/^\/(?!\/)[\x21-\x7e]*$/.test(path) || /[\\#]/.test(path)) return false
  let text = path
  for (let n = 0; n <= DECODINGS; n++) {
    if (hasDots(text)) return false
    const decoded = decode(text)
    if (decoded === undefined) return false
    if (decoded === text) return true
    text = decoded
  }
  return false
}

/** Parameters of a segment (`..;x`) are cut off by some servers, and letters of other widths are made narrow. */
function hasDots(text: string): boolean {
  const segments = text.normalize('NFKC').split(/[/\\]/)
  return /[\\\p{Cc}]/u.test(text) || segments.some((segment) => /^\.{1,2}(;.*)?$/.test(segment))
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

function wrong(what: string): Fault {
  return new Fault('invalid', `address: it ${what}.`, { data: { field: 'address' } })
}
