// Certificates of our own, made on the spot (RFC 5280, X.690): an authority, and what it vouches for. Keys are of P-256. It
// writes no file.
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  sign,
} from 'node:crypto'
import type { KeyObject } from 'node:crypto'

export interface KeyedCertificate {
  /** PEM. */
  readonly key: string
  readonly cert: string
}

export interface CertificateSpec {
  /** The common name; for people. */
  readonly subject: string
  /** Names of hosts. */
  readonly names?: readonly string[]
  /** Whether it may vouch for others. */
  readonly authority?: boolean
  /** Who vouches for it; itself when left out. */
  readonly issuer?: { readonly subject: string; readonly key: string }
  readonly from: Date
  readonly to: Date
}

const ECDSA_SHA256 = sequence(oid('1.2.840.10045.4.3.2'))
const SERVER_AUTH = sequence(oid('1.3.6.1.5.5.7.3.1'))
/** Bit strings of one octet (§4.2.1.3): keyCertSign; digitalSignature. */
const MAY_SIGN = { certificates: der(3, bytes(2, 0x04)), handshakes: der(3, bytes(7, 0x80)) }

export function issueCertificate(spec: CertificateSpec): KeyedCertificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const issuer = spec.issuer ?? { subject: spec.subject }
  const signer = spec.issuer === undefined ? privateKey : createPrivateKey(spec.issuer.key)
  const body = sequence(
    der(0xa0, integer(bytes(2))),
    integer(Buffer.concat([bytes(1), randomBytes(15)])),
    ECDSA_SHA256,
    nameOf(issuer.subject),
    sequence(time(spec.from), time(spec.to)),
    nameOf(spec.subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(...extensions(spec, publicKey, signer))),
  )
  const signature = der(0x03, bytes(0), sign('sha256', body, signer))
  const pem = sequence(body, ECDSA_SHA256, signature).toString('base64').replace(/.{64}/g, '$&\n')
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${pem.trim()}\n-----END CERTIFICATE-----\n`,
  }
}

function extensions(
  { names = [], authority = false }: CertificateSpec,
  own: KeyObject,
  signer: KeyObject,
): Buffer[] {
  const alternatives = sequence(...names.map((text) => der(0x82, Buffer.from(text))))
  return [
    extension('2.5.29.19', sequence(...(authority ? [der(1, bytes(0xff))] : [])), true),
    extension('2.5.29.15', authority ? MAY_SIGN.certificates : MAY_SIGN.handshakes, true),
    extension('2.5.29.14', octets(keyId(own))),
    extension('2.5.29.35', sequence(der(0x80, keyId(createPublicKey(signer))))),
    ...(authority ? [] : [extension('2.5.29.37', SERVER_AUTH)]),
    ...(names.length > 0 ? [extension('2.5.29.17', alternatives)] : []),
  ]
}

function extension(id: string, value: Buffer, critical = false): Buffer {
  return sequence(oid(id), ...(critical ? [der(1, bytes(0xff))] : []), octets(value))
}

/** §4.2.1.2, method 1: SHA-1 of the point, which are the last 65 bytes of the key. */
function keyId(key: KeyObject): Buffer {
  const point = key.export({ type: 'spki', format: 'der' }).subarray(-65)
  return createHash('sha1').update(point).digest()
}

function nameOf(text: string): Buffer {
  return sequence(der(0x31, sequence(oid('2.5.4.3'), der(0x0c, Buffer.from(text)))))
}

function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts)
  const size = content.length
  const length = size < 128 ? [size] : size < 256 ? [0x81, size] : [0x82, size >> 8, size & 255]
  return Buffer.concat([bytes(tag, ...length), content])
}

function bytes(...values: readonly number[]): Buffer {
  return Buffer.from(values)
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return der(0x30, ...parts)
}

function octets(content: Buffer): Buffer {
  return der(0x04, content)
}

function integer(value: Buffer): Buffer {
  return der(0x02, value)
}

/** Two digits of the year up to 2049, four from then on (§4.1.2.5). */
function time(at: Date): Buffer {
  const text = at.toISOString().replace(/\.\d+|[-:T]/g, '')
  return at.getUTCFullYear() < 2050 ? der(0x17, Buffer.from(text.slice(2))) : der(0x18, Buffer.from(text))
}

/** Base 128, all bytes of a number but its last with the high bit (X.690 §8.19). */
function oid(text: string): Buffer {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number)
  const digitsOf = (number: number) => {
    const digits = [number & 127]
    for (let left = number >> 7; left > 0; left >>= 7) digits.unshift((left & 127) | 128)
    return digits
  }
  return der(0x06, bytes(first * 40 + second, ...rest.flatMap(digitsOf)))
}
