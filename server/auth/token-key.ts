// The key that signs tokens: the operator's JWT_SECRET, or one made once in the data directory. It is never logged.
import { chmod, link, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Fault } from '#dsl/fault.ts'
import { newSecret } from './secret.ts'

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
  if (secret === undefined || (secret === SAMPLE && !production)) return bytes(await ownSecret(dataDir))
  if (secret === SAMPLE) throw invalid('is the sample everybody knows')
  if (secret.length < MIN_LENGTH) throw invalid(`has fewer than ${String(MIN_LENGTH)} characters`)
  return bytes(secret)
}

/** Made beside its place and linked into it: of two starts at once one key wins, and a crash leaves no half of one. */
async function ownSecret(dataDir: string): Promise<string> {
  const file = join(dataDir, 'token.key')
  const kept = await readFile(file, 'utf8').catch(() => undefined)
  if (kept !== undefined) {
    await chmod(file, 0o600)
    return kept
  }
  const fresh = `${file}.${newSecret(8)}`
  await writeFile(fresh, newSecret(48), { mode: 0o600, flag: 'wx' })
  await link(fresh, file).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error
  })
  await rm(fresh)
  return readFile(file, 'utf8')
}

const bytes = (secret: string) => new TextEncoder().encode(secret)

const invalid = (what: string) =>
  new Fault('invalid', `JWT_SECRET ${what}. Use ${String(MIN_LENGTH)} random characters, or leave it out.`)
