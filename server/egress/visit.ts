// One request of a sandbox, and the book in which its decisions are written: the audit, and whoever else is to hear of them.
// It decides nothing.
import type { Duplex } from 'node:stream'
import type { EgressDecision } from '#dsl/powers/runs.ts'
import type { Audit } from '#server/events/audit.ts'
import type { FlowTotals } from './flow.ts'
import { isFailure } from './rules.ts'
import type { Refusal } from './rules.ts'

/** What was decided of one request. */
export type Decision = Omit<EgressDecision, 'steps'>

/** A connection, or one request of several in it, and what is known of it so far. */
export interface Visit {
  readonly workspace: string
  readonly client: Duplex
  /** Aborts when the client is gone. */
  readonly gone: AbortSignal
  kind: Decision['kind']
  /** `host:port` as it was asked for; the address of a repository, or of a file of a registry. */
  target: string | undefined
  /** What a person is told instead, of many requests the same. */
  told?: string
  startedAt: number
  allowed: boolean
}

export interface Book {
  refused(visit: Visit, refusal: Refusal): void
  /** `rule`: what allows it. */
  allowed(visit: Visit, rule: string): void
  /** What was refused has ended with its refusal. */
  ended(visit: Visit, totals: FlowTotals): void
}

export interface BookParts {
  readonly audit: Pick<Audit, 'record'>
  /** Hears of every decision, as the audit does; it must not throw. */
  readonly decided?: ((workspace: string, decision: Decision) => void) | undefined
}

export function newVisit(about: Pick<Visit, 'workspace' | 'client' | 'gone' | 'kind'>): Visit {
  return { ...about, target: undefined, startedAt: performance.now(), allowed: false }
}

export function createBook({ audit, decided }: BookParts): Book {
  return {
    refused(visit, { reason, message, remedy, ...rest }) {
      const failed = isFailure({ reason, message, ...rest })
      const outcome = failed ? 'unavailable' : 'denied'
      audit.record({ ...about(visit), outcome, reason: `${reason}: ${message}` })
      const told = { ...asked(visit), reason, message, ...remedy }
      decided?.(visit.workspace, { ...told, outcome: failed ? 'failed' : 'denied' })
    },
    allowed(visit, rule) {
      visit.allowed = true
      audit.record({ ...about(visit), outcome: 'ok', rule })
      decided?.(visit.workspace, { ...asked(visit), outcome: 'allowed', rule })
    },
    ended(visit, totals) {
      if (visit.allowed) audit.record({ ...about(visit), action: 'egress.end', outcome: 'ok', ...totals })
    },
  }
}

function asked({ kind, target, told = target }: Visit) {
  return { kind, ...(told === undefined ? {} : { target: told }) }
}

function about({ workspace, kind, target, startedAt }: Visit) {
  return { workspace, action: `egress.${kind}`, target, ms: Math.round(performance.now() - startedAt) }
}
