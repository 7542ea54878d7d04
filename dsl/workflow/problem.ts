// What is wrong with a workflow file: where, why, and what would make it right. Data only; nothing is thrown here but by `refuseProblems`.
import { Fault } from '#dsl/fault.ts'

/** Half-open; lines and columns start at 1, columns count UTF-16 units. */
export interface Span {
  readonly line: number
  readonly column: number
  readonly endLine: number
  readonly endColumn: number
}

export interface Problem extends Span {
  /** `error` keeps the workflow from running; `warning` does not. */
  readonly severity: 'error' | 'warning'
  /** Dotted, stable: what a program may look for. */
  readonly code: string
  /** A sentence for a person. */
  readonly message: string
  /** What would make it right. */
  readonly fix?: string
  /** Where in the document: `steps[2].with.cmd`; '' for the whole. */
  readonly path: string
}

export type Path = readonly (string | number)[]

export function pathText(path: Path): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`
    if (!/^[A-Za-z_][\w-]*$/.test(key)) return `${text}[${JSON.stringify(key)}]`
    return text === '' ? key : `${text}.${key}`
  }, '')
}

/** `file:line:column: message fix`, as compilers print it. */
export function printProblem(problem: Problem, file: string): string {
  const { line, column, severity, message, fix } = problem
  return `${file}:${line}:${column}: ${severity}: ${message}${fix === undefined ? '' : ` ${fix}`}`
}

/** In the order of the text, errors before warnings of one place; none twice. */
export function sortProblems(problems: readonly Problem[]): readonly Problem[] {
  const seen = new Set<string>()
  const unique = problems.filter((problem) => {
    const key = `${problem.line}:${problem.column}:${problem.code}:${problem.message}`
    return !seen.has(key) && seen.add(key)
  })
  return unique.sort((a, b) => a.line - b.line || a.column - b.column || a.severity.localeCompare(b.severity))
}

export function hasErrors(problems: readonly Problem[]): boolean {
  return problems.some(({ severity }) => severity === 'error')
}

/** Faults: invalid, with every problem in its data. */
export function refuseProblems(problems: readonly Problem[], file: string): never {
  const errors = problems.filter(({ severity }) => severity === 'error')
  const [first] = errors
  const more = errors.length > 1 ? ` And ${errors.length - 1} more.` : ''
  throw new Fault(
    'invalid',
    first === undefined ? `${file} is not a workflow.` : printProblem(first, file) + more,
    {
      data: { file, problems },
    },
  )
}
