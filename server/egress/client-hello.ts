// Reads the server's name out of a TLS ClientHello (RFC 8446 §4.1.2, RFC 6066 §3). It never answers and never decrypts.

export type ClientHello =
  | { readonly state: 'more' }
  /** Not TLS, or a ClientHello that no honest client sends. */
  | { readonly state: 'invalid' }
  /** `name` is undefined when the client asks for no name. */
  | { readonly state: 'read'; readonly name: string | undefined }

const INVALID: ClientHello = { state: 'invalid' }
const MORE: ClientHello = { state: 'more' }

const RECORD_HANDSHAKE = 22
const RECORD_HEADER = 5
const RECORD_MAX = 16_384
const CLIENT_HELLO = 1
const HANDSHAKE_HEADER = 4
const EXTENSION_SERVER_NAME = 0
const NAME_TYPE_HOST = 0

/** Hand it every chunk in order until the state is not `more`. Chunks and records may cut the message anywhere. */
export function helloReader(): (chunk: Buffer) => ClientHello {
  const takeFragment = messageReader()
  let waiting: Buffer[] = []
  let have = 0
  // Bytes are joined only when a whole record is there, so that a client of one-byte chunks costs no more than others.
  let need = RECORD_HEADER

  return (chunk) => {
    waiting.push(chunk)
    have += chunk.length
    if (have < need) return MORE
    let bytes = Buffer.concat(waiting)
    while (bytes.length >= RECORD_HEADER) {
      const length = recordLength(bytes)
      if (length === undefined) return INVALID
      need = RECORD_HEADER + length
      if (bytes.length < need) break
      const hello = takeFragment(bytes.subarray(RECORD_HEADER, need))
      if (hello.state !== 'more') return hello
      bytes = bytes.subarray(need)
      need = RECORD_HEADER
    }
    waiting = [bytes]
    have = bytes.length
    return MORE
  }
}

/** Undefined for what is no record of a handshake. */
function recordLength(bytes: Buffer): number | undefined {
  const length = bytes.readUInt16BE(3)
  const isHandshake = bytes[0] === RECORD_HANDSHAKE && bytes[1] === 3
  return isHandshake && length > 0 && length <= RECORD_MAX ? length : undefined
}

/** Puts the fragments together until they are the whole message. */
function messageReader(): (fragment: Buffer) => ClientHello {
  const fragments: Buffer[] = []
  let size = 0
  let whole: number | undefined
  return (fragment) => {
    fragments.push(fragment)
    size += fragment.length
    if (fragments[0]?.[0] !== CLIENT_HELLO) return INVALID
    if (size < HANDSHAKE_HEADER) return MORE
    whole ??= HANDSHAKE_HEADER + Buffer.concat(fragments).readUIntBE(1, 3)
    if (size < whole) return MORE
    // A second message in the same flight: the server might read that one.
    return size > whole ? INVALID : readMessage(Buffer.concat(fragments))
  }
}

function readMessage(message: Buffer): ClientHello {
  try {
    return { state: 'read', name: serverName(message.subarray(HANDSHAKE_HEADER)) }
  } catch {
    return INVALID // A length that points past the end: readers throw a RangeError.
  }
}

/** Skips version, random, session id, cipher suites and compression methods; then looks through the extensions. */
function serverName(hello: Buffer): string | undefined {
  let at = 2 + 32
  at += 1 + hello.readUInt8(at)
  at += 2 + hello.readUInt16BE(at)
  at += 1 + hello.readUInt8(at)
  if (at === hello.length) return undefined
  const extensions = exactly(hello, at)
  let name: string | undefined
  for (let pos = 0; pos < extensions.length;) {
    const type = extensions.readUInt16BE(pos)
    const length = extensions.readUInt16BE(pos + 2)
    const body = slice(extensions, pos + 4, length)
    pos += 4 + length
    if (type !== EXTENSION_SERVER_NAME) continue
    if (name !== undefined) throw new RangeError('two server names')
    name = onlyName(body)
  }
  return name
}

/** The list holds exactly one name of type host_name: two would let the proxy and the server read different ones. */
function onlyName(body: Buffer): string {
  const list = exactly(body, 0)
  const name = exactly(list, 1)
  if (list.readUInt8(0) !== NAME_TYPE_HOST || name.length === 0) throw new RangeError('not one host name')
  return name.toString('latin1')
}

/** The vector whose u16 length stands at `at`, and that ends where `bytes` ends. */
function exactly(bytes: Buffer, at: number): Buffer {
  const vector = slice(bytes, at + 2, bytes.readUInt16BE(at))
  if (at + 2 + vector.length !== bytes.length) throw new RangeError('bytes left over')
  return vector
}

function slice(bytes: Buffer, from: number, length: number): Buffer {
  if (from + length > bytes.length) throw new RangeError('cut short')
  return bytes.subarray(from, from + length)
}
