// Random secrets and their hashes. It never stores or prints one.
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

/** `bytes` of CSPRNG, base64url. */
export const newSecret = (bytes: number) => randomBytes(bytes).toString('base64url')

/** SHA-256, hex: enough for secrets of full entropy, which nobody can guess through. */
export const hashSecret = (secret: string) => createHash('sha256').update(secret).digest('hex')

/** Compares in constant time, whatever the lengths. */
export function sameSecret(a: string, b: string): boolean {
  return timingSafeEqual(Buffer.from(hashSecret(a)), Buffer.from(hashSecret(b)))
}
