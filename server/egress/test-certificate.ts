// A certificate that vouches for itself, made on the spot, so that tests need neither openssl nor a key in the repository.
// Only tests use it.
import { issueCertificate } from './certificate.ts'
import type { KeyedCertificate } from './certificate.ts'

export type TestCertificate = KeyedCertificate

const DAY_MS = 86_400_000

/** Valid from yesterday until tomorrow, for exactly these names. */
export function makeCertificate(...names: readonly string[]): TestCertificate {
  const [from, to] = [new Date(Date.now() - DAY_MS), new Date(Date.now() + DAY_MS)]
  return issueCertificate({ subject: names[0] ?? '', names, from, to })
}
