// The audit trail of calls: who asked for what, where, and how it ended. It only adds; it never keeps an input.
import type { Principal } from '#server/auth/principal.ts'
import type { Log } from '#server/log.ts'
import type { Secrets } from '#server/redact/secrets.ts'
import { redactedValue } from '#server/redact/value.ts'
import { addAuditBehind } from '#server/store/audit.ts'
import type { AuditEntry } from '#server/store/audit.ts'
import { despiteOutage } from '#server/store/despite-outage.ts'
import { isDatabaseAway } from '#server/store/transaction.ts'
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

type TimedEntry = AuditEntry & { readonly at: Date }

const REASON_MAX = 500
/** Rows of one statement. */
const BATCH = 500
/** How long a row waits for a database that is away: in memory, some hundred bytes each. */
const OUTAGE_MS = 120_000
/** How long a server that stops waits for it. */
const CLOSE_MS = 3000

/** One statement at a time, with all that has happened meanwhile: a disk that takes its time costs no caller any. */
export function createAudit(store: Store, log: Log, { redactor }: Pick<Secrets, 'redactor'>): Audit {
  const closing = new AbortController()
  let waiting: TimedEntry[] = []
  let writing: Promise<void> | undefined

  async function writeAll(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting.slice(0, BATCH)
      waiting = waiting.slice(BATCH)
      await write(batch)
    }
    writing = undefined
  }

  /** Of several rows that cannot be written together, each has its own try: one that cannot be kept costs no other. */
  async function write(batch: readonly TimedEntry[]): Promise<void> {
    const patience = OUTAGE_MS - (Date.now() - (batch[0]?.at.getTime() ?? 0))
    try {
      await despiteOutage(Math.max(0, patience), closing.signal, () => addAuditBehind(store, batch))
    } catch (error) {
      const [only] = batch
      if (batch.length > 1 && !isDatabaseAway(error)) for (const entry of batch) await write([entry])
      else if (batch.length > 1) log.error({ err: error, rows: batch.length }, 'audit rows were lost')
      else log.error({ err: error, action: only?.action, outcome: only?.outcome }, 'an audit row was lost')
    }
  }

  return {
    record(event) {
      // A reason may repeat what was asked for.
      waiting.push(entryOf(redactedValue(redactor(), event)))
      writing ??= writeAll()
    },
    async close() {
      const late = setTimeout(() => closing.abort(), CLOSE_MS)
      await writing
      clearTimeout(late)
    },
  }
}

function entryOf({ principal, workspace, action, outcome, reason, ...rest }: AuditEvent): TimedEntry {
  const who = principal && { via: principal.via, credential: principal.credential }
  const detail = { ...rest, ...who, ...(reason === undefined ? {} : { reason: reason.slice(0, REASON_MAX) }) }
  // It was now, also when it is written later.
  return { userId: principal?.user, workspaceId: workspace, action, outcome, detail, at: new Date() }
}
