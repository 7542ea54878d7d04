// How an expression says that it is wrong: a Fault whose data tells what kind of mistake it is and where. Never anything else.
import { Fault } from '#dsl/fault.ts'

/** `syntax`: found while reading. `eval`: found while computing. `limit`: too deep, too long or too much work. */
export type ProblemKind = 'syntax' | 'eval' | 'limit'

export interface ExpressionProblem {
  readonly kind: ProblemKind
  /** 1-based, in UTF-16 units, from the start of the expression's text. */
  readonly column: number
  readonly fix?: string
}

/** Faults: invalid, always. `at` is a 0-based offset; `fix` says what would make it right. */
export function refuse(kind: ProblemKind, at: number, message: string, fix?: string): never {
  const data: ExpressionProblem = { kind, column: at + 1, ...(fix === undefined ? {} : { fix }) }
  throw new Fault('invalid', message, { data })
}

/** What `refuse` said, or undefined when the error is not about an expression. */
export function problemOf(error: unknown): (ExpressionProblem & { readonly message: string }) | undefined {
  if (!(error instanceof Fault) || error.code !== 'invalid') return undefined
  const data = error.data as Partial<ExpressionProblem> | undefined
  if (data?.kind === undefined || data.column === undefined) return undefined
  return { ...data, kind: data.kind, column: data.column, message: error.message }
}
