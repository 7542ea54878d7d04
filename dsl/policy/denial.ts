// A refusal of the command list, thrown by the rule that fails and caught by the judge. It never leaves dsl/policy.

export interface Denial {
  readonly allowed: false
  /** The rule that failed: R1…R12 of SECURITY.md. */
  readonly rule: string
  /** The part of the line that failed, and where it starts (1-based). */
  readonly node: string
  readonly column: number
  /** A sentence for a person. */
  readonly reason: string
  /** The pattern that would allow it; absent where none can. */
  readonly allow?: string
}

/** A piece of the line: UTF-16 offsets, half-open. */
export interface Span {
  readonly pos: number
  readonly end: number
}

/** Characters of the line that a denial repeats. */
export const NODE_MAX = 120

export class Denied extends Error {
  readonly denial: Denial

  constructor(denial: Denial) {
    super(denial.reason)
    this.denial = denial
  }
}

/** Refuses the whole line (R12) because of the piece at `span`. */
export function deny(rule: string, line: string, span: Span, reason: string, allow?: string): never {
  const node = line.slice(span.pos, span.end).slice(0, NODE_MAX)
  const where = { allowed: false, rule, node, column: span.pos + 1, reason } as const
  throw new Denied(allow === undefined ? where : { ...where, allow })
}
