// The audit trail of calls: who asked for what, where, and how it ended. It only adds; it never keeps an input.
import type { Principal } from '#server/auth/principal.ts'
import type { Log } from '#server/log.ts'
import { addAudit } from '#server/store/audit.ts'
import { despiteOutage } from '#server/store/despite-outage.ts'
import type { Store } from '#server/store/store.ts'

export interface AuditEvent {
  readonly principal?: Principal | undefined
  readonly workspace?: string | undefined
  /** An op's name, or `auth.…`, `egress.…` for what happens outside ops. */
  readonly action: string
  /** `ok`, or the code of the fault. */
  readonly outcome: string
  readonly door?: string | undefined
  /** Why it was refused: the fault's sentence, and the rule behind it. */
  readonly reason?: string | undefined
  readonly rule?: string | undefined
  /** `host:port`, or address of a repository, that a sandbox asked for, and the bytes to and from it. */
  readonly target?: string | undefined
  readonly sent?: number | undefined
  readonly received?: number | undefined
  readonly ms?: number | undefined
}

export interface Audit {
  /** Returns at once; a row that cannot be written, for two minutes when the database is away, is told to the log. */
  record(event: AuditEvent): void
  /** Resolves when every row is written. */
  close(): Promise<void>
}

const REASON_MAX = 500
/** How long a row waits for a database that is away: in memory, some hundred bytes each. */
const OUTAGE_MS = 120_000
/** How long a server that stops waits for it. */
const CLOSE_MS = 3000

export function createAudit(store: Store, log: Log): Audit {
  const writing = new Set<Promise<void>>()
  const closing = new AbortController()

  async function write({
    principal,
    workspace,
    action,
    outcome,
    reason,
    ...rest
  }: AuditEvent): Promise<void> {
    const who = principal && { via: principal.via, credential: principal.credential }
    const detail = {
      ...rest,
      ...who,
      ...(reason === undefined ? {} : { reason: reason.slice(0, REASON_MAX) }),
    }
    // It was then, also when it is written later.
    const at = new Date()
    const entry = { userId: principal?.user, workspaceId: workspace, action, outcome, detail, at }
    await despiteOutage(OUTAGE_MS, closing.signal, () => addAudit(store, entry)).catch((error: unknown) => {
      log.error({ err: error, action, outcome }, 'an audit row was lost')
    })
  }

  return {
    record(event) {
      const row = write(event)
      writing.add(row)
      void row.then(() => writing.delete(row))
    },
    async close() {
      const late = setTimeout(() => closing.abort(), CLOSE_MS)
      await Promise.all(writing)
      clearTimeout(late)
    },
  }
}
