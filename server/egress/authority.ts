// The authority that sandboxes trust, for the hosts whose TLS the proxy ends: its certificate goes into every sandbox, its
// key stays in the data directory. Nothing outside of this server's sandboxes trusts it.
import { join } from 'node:path'
import { createSecureContext } from 'node:tls'
import type { SecureContext } from 'node:tls'
import { z } from 'zod'
import { ownSecret } from '#server/auth/own-secret.ts'
import { issueCertificate } from './certificate.ts'

export interface Authority {
  /** PEM, for the sandboxes. */
  readonly cert: string
  /** What a TLS server for that name shows. */
  contextFor(name: string): SecureContext
}

const Kept = z.strictObject({ subject: z.string(), key: z.string(), cert: z.string() })
const DAY_MS = 86_400_000
const YEARS = 20
/** Of one for a host: made anew well before its end. */
const HOST_DAYS = 30
const HOST_FRESH_DAYS = 15
const CONTEXTS_MAX = 100

/** Made at the first start; sandboxes outlive a server, so the next one uses the same. */
export async function openAuthority(dataDir: string): Promise<Authority> {
  const { subject, key, cert } = Kept.parse(
    JSON.parse(await ownSecret(join(dataDir, 'egress-authority.json'), newAuthority)),
  )
  const contexts = new Map<string, { context: SecureContext; until: number }>()

  function issue(name: string): SecureContext {
    const [from, to] = [new Date(Date.now() - DAY_MS), new Date(Date.now() + HOST_DAYS * DAY_MS)]
    // A common name is cut at 64 letters (RFC 5280, ub-common-name); who reads it looks at the names.
    return createSecureContext(
      issueCertificate({ subject: name.slice(0, 64), names: [name], issuer: { subject, key }, from, to }),
    )
  }

  return {
    cert,
    contextFor(name) {
      const known = contexts.get(name)
      if (known && known.until > Date.now()) return known.context
      if (contexts.size >= CONTEXTS_MAX) contexts.clear()
      const context = issue(name)
      contexts.set(name, { context, until: Date.now() + HOST_FRESH_DAYS * DAY_MS })
      return context
    },
  }
}

function newAuthority(): string {
  const subject = 'Chispart sandboxes of this server'
  const from = new Date(Date.now() - DAY_MS)
  const to = new Date(from.getTime() + YEARS * 366 * DAY_MS)
  return JSON.stringify({ subject, ...issueCertificate({ subject, authority: true, from, to }) })
}
