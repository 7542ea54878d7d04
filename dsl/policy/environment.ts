// R5 for a request's own environment: a plan that lists commands must not be led to others by a variable. It never
// reads a value.
import type { Grant } from '#dsl/wire/link.ts'
import type { Denial } from './denial.ts'
import { ANYTHING } from './plan.ts'

/**
 * What says how a program shows or labels its work, never what it runs. PATH, BASH_ENV, LD_PRELOAD, GIT_SSH_COMMAND, NODE_OPTIONS
 * and their like name code, and nobody knows all of them.
 */
const HARMLESS =
  /^(?:CI|TERM|COLORTERM|NO_COLOR|FORCE_COLOR|CLICOLOR|COLUMNS|LINES|TZ|LANG|LC_[A-Z]+|NODE_ENV|GIT_REFLOG_ACTION)$/

export function isHarmless(variable: string): boolean {
  return HARMLESS.test(variable)
}

/** Undefined when the plan may set these variables. */
export function judgeEnvironment(
  { plan, commands }: Grant,
  env: Readonly<Record<string, string>> = {},
): Denial | undefined {
  if (commands.includes(ANYTHING)) return undefined
  const name = Object.keys(env).find((variable) => !isHarmless(variable))
  if (name === undefined) return undefined
  return {
    allowed: false,
    rule: 'R5',
    node: name.slice(0, 120),
    column: 1,
    reason: `The plan "${plan}" lists commands, so a request may not set "${name.slice(0, 120)}". Leave it out.`,
  }
}
