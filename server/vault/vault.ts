// Seals secrets for the database, and opens them: AES-256-GCM under a key that Argon2id makes of a passphrase. It keeps
// nothing sealed itself, and no secret or key is ever in an error.
import { argon2, createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto'
import { promisify } from 'node:util'
import { Fault } from '#dsl/fault.ts'
import type { VaultKeyRow } from '#server/store/credentials.ts'

export interface Vault {
  /** `place` says what it is for; it opens for that place only. Faults: unavailable (another passphrase). */
  seal(place: string, secret: string): Promise<Buffer>
  /** Faults: unavailable (another passphrase, or the bytes were changed or moved). */
  open(place: string, sealed: Uint8Array): Promise<string>
  /** Eight hex digits: the same for the same secret, and no way back (HMAC-SHA-256 under a key of its own). */
  fingerprint(secret: string): Promise<string>
}

export interface VaultParts {
  readonly passphrase: () => Promise<string>
  /** The one row of the database: the given one when there was none. */
  readonly row: (fresh: VaultKeyRow) => Promise<VaultKeyRow>
}

const argon2id = promisify(argon2)
/** 64 MiB: some 0.2 s, once in the life of a server. Above OWASP's least for Argon2id (19 MiB, t 2). */
const PARAMS = { memory: 65_536, passes: 3, parallelism: 1 } as const
const KEY_BYTES = 32
const NONCE_BYTES = 12
/** Node takes shorter ones when it is not told. */
const TAG_BYTES = 16
const VERSION = 1
const CHECK_PLACE = 'check'
const CHECK_TEXT = 'chispart'

export function createVault({ passphrase, row }: VaultParts): Vault {
  let making: Promise<Buffer> | undefined

  async function make(): Promise<Buffer> {
    const words = await passphrase()
    const salt = randomBytes(16)
    const key = await deriveKey(words, salt, PARAMS)
    const fresh = { salt, params: PARAMS, check: seal(key, CHECK_PLACE, CHECK_TEXT) }
    const kept = await row(fresh)
    if (salt.equals(kept.salt)) return key
    const root = await deriveKey(words, Buffer.from(kept.salt), kept.params)
    open(root, CHECK_PLACE, kept.check)
    return root
  }

  /** What failed is tried again at the next use. */
  function root(): Promise<Buffer> {
    making ??= make().catch((error: unknown) => {
      making = undefined
      throw error
    })
    return making
  }

  return {
    seal: async (place, secret) => seal(await root(), place, secret),
    open: async (place, sealed) => open(await root(), place, sealed),
    async fingerprint(secret) {
      const key = derived(await root(), 'fingerprint')
      return createHmac('sha256', key).update(secret).digest('hex').slice(0, 8)
    },
  }
}

/** RFC 9106. */
export function deriveKey(passphrase: string, salt: Buffer, params: VaultKeyRow['params']): Promise<Buffer> {
  return argon2id('argon2id', { message: passphrase, nonce: salt, tagLength: KEY_BYTES, ...params })
}

/** Version, nonce, tag, and the bytes; `place` is a key of its own and authenticated beside. */
function seal(root: Buffer, place: string, secret: string): Buffer {
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv('aes-256-gcm', derived(root, place), nonce, { authTagLength: TAG_BYTES })
  cipher.setAAD(Buffer.from(place))
  const bytes = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()])
  return Buffer.concat([Buffer.from([VERSION]), nonce, cipher.getAuthTag(), bytes])
}

function open(root: Buffer, place: string, sealed: Uint8Array): string {
  const all = Buffer.from(sealed)
  const nonce = all.subarray(1, 1 + NONCE_BYTES)
  const tag = all.subarray(1 + NONCE_BYTES, 1 + NONCE_BYTES + TAG_BYTES)
  try {
    if (all[0] !== VERSION || tag.length !== TAG_BYTES) throw new Error('not sealed by this version')
    const key = derived(root, place)
    const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES })
    decipher.setAAD(Buffer.from(place)).setAuthTag(tag)
    const bytes = all.subarray(1 + NONCE_BYTES + TAG_BYTES)
    return Buffer.concat([decipher.update(bytes), decipher.final()]).toString('utf8')
  } catch (cause) {
    throw new Fault('unavailable', `${place === CHECK_PLACE ? OTHER_KEY : CHANGED} ${REMEDY}`, { cause })
  }
}

const OTHER_KEY = 'The credentials of this database were sealed under another key.'
const CHANGED = 'A credential does not open: it was changed in the database, or belongs to another place.'
const REMEDY = 'Start every server of it with the same CHISPART_VAULT_KEY, or set the credentials anew.'

function derived(root: Buffer, info: string): Buffer {
  return Buffer.from(hkdfSync('sha256', root, '', `chispart ${VERSION} ${info}`, KEY_BYTES))
}
