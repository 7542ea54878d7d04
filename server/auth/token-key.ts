// The key that signs tokens: the operator's JWT_SECRET, or one made once in the data directory. It is never logged.
import { join } from 'node:path'
import { Fault } from '#dsl/fault.ts'
import { ownSecret } from './own-secret.ts'

export interface TokenKeyOptions {
  readonly dataDir: string
  /** JWT_SECRET: at least 32 characters. Another one ends every token signed before. */
  readonly secret?: string | undefined
  /** NODE_ENV=production. */
  readonly production?: boolean
}

/** What sample files say. It is public, so no key is ever made of it. */
const SAMPLE = 'devsecret'
const MIN_LENGTH = 32

/**
 * Outside production the sample secret counts as none: development goes on, and nobody can forge a token by it.
 * Faults: invalid (JWT_SECRET is too short, or the sample one in production).
 */
export async function loadTokenKey({ dataDir, secret, production }: TokenKeyOptions): Promise<Uint8Array> {
  if (secret === undefined || (secret === SAMPLE && !production))
    return bytes(await ownSecret(join(dataDir, 'token.key')))
  if (secret === SAMPLE) throw invalid('is the sample everybody knows')
  if (secret.length < MIN_LENGTH) throw invalid(`has fewer than ${String(MIN_LENGTH)} characters`)
  return bytes(secret)
}

const bytes = (secret: string) => new TextEncoder().encode(secret)

const invalid = (what: string) =>
  new Fault('invalid', `JWT_SECRET ${what}. Use ${String(MIN_LENGTH)} random characters, or leave it out.`)
