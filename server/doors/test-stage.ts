// For tests: the doors as they listen, over the real dispatcher and fake powers. One token comes in, `TOKEN`.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Hono } from 'hono'
import { Fault } from '#dsl/fault.ts'
import type { Powers } from '#dsl/powers/powers.ts'
import { listen } from '#server/app.ts'
import type { Auth } from '#server/auth/auth.ts'
import type { AuthHeaders } from '#server/auth/authenticate.ts'
import type { Principal } from '#server/auth/principal.ts'
import { createDispatch } from '#server/dispatch.ts'
import type { DispatchParts } from '#server/dispatch.ts'
import type { AuditEvent } from '#server/events/audit.ts'
import { createMux } from '#server/fleet/mux.ts'
import { createLog } from '#server/log.ts'
import { createSecrets } from '#server/redact/secrets.ts'

export const TOKEN = 'a-token'
const PRINCIPAL: Principal = {
  user: 'u1',
  userName: 'Ada',
  role: 'owner',
  plan: 'owner',
  via: 'device',
  credential: 'd1',
}

export interface Doors {
  /** `http://127.0.0.1:port`. */
  readonly url: string
  readonly audited: AuditEvent[]
  /** What each request came with. */
  readonly proofs: AuthHeaders[]
  /** Ends the sign-in of `TOKEN`, as revoking its device does. */
  revoke(): void
  close(): Promise<void>
}

/** The face's page holds `<main>`. */
export async function openDoors(powers: Partial<Powers>): Promise<Doors> {
  const web = mkdtempSync(join(tmpdir(), 'chispart-doors-'))
  writeFileSync(join(web, 'index.html'), '<main></main>')
  const audited: AuditEvent[] = []
  const audit = { record: (event: AuditEvent) => void audited.push(event), close: () => Promise.resolve() }
  const listeners = new Set<(credential: string) => void>()
  const proofs: AuthHeaders[] = []
  const authenticate = (proof: AuthHeaders) => {
    proofs.push(proof)
    const { authorization } = proof
    if (authorization === undefined) return Promise.resolve(undefined)
    if (authorization === `Bearer ${TOKEN}`) return Promise.resolve(PRINCIPAL)
    return Promise.reject(new Fault('unauthenticated', 'This token is not known.'))
  }
  const onRevoked = (listener: (credential: string) => void) => {
    listeners.add(listener)
    return () => void listeners.delete(listener)
  }
  const auth = { authenticate, onRevoked } as unknown as Auth
  const mux = createMux()
  const log = createLog('silent', createSecrets())
  // Control ops reach neither a workspace nor a plan.
  const rest = { mux, audit, log } as unknown as DispatchParts
  const dispatch = createDispatch({ ...rest, powers: () => powers })
  const readiness = () => Promise.resolve({ database: true, sandbox: undefined })
  const artifacts = () => new Hono()
  const others = new Hono()
  const webhooks = new Hono()
  const parts = { auth, dispatch, mux, audit, log, web, readiness, artifacts, others, webhooks }
  const app = await listen(parts, '127.0.0.1', 0)
  return {
    url: `http://127.0.0.1:${app.port}`,
    audited,
    proofs,
    revoke: () => [...listeners].forEach((tell) => tell(PRINCIPAL.credential)),
    async close() {
      await app.close()
      rmSync(web, { recursive: true })
    },
  }
}
