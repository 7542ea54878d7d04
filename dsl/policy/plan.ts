// Plans: what a person who has one may run. Deny by default: an unknown plan, an empty list or a missing entry allows nothing.
import { z } from 'zod'
import { Fault } from '#dsl/fault.ts'
import type { Grant } from '#dsl/wire/link.ts'

/** `config/allowlist.json`, as the seed writes it (§19.6): plan → command patterns. */
export const Allowlist = z.record(
  z.string().regex(/^[a-z][a-z0-9_-]{0,31}$/),
  z.array(z.string().min(1).max(500)),
)
export type Allowlist = z.output<typeof Allowlist>

/** The pattern that allows any shell text, interactive terminals included: the sandbox is then the only boundary. */
export const ANYTHING = '*'

/** The grant of a plan. Faults: denied (no such plan). */
export function planGrant(allowlist: Allowlist, plan: string): Grant {
  const commands = Object.hasOwn(allowlist, plan) ? allowlist[plan] : undefined
  if (commands === undefined)
    throw new Fault(
      'denied',
      `There is no plan "${plan}", so nothing is allowed. Plans: ${Object.keys(allowlist).join(', ')}.`,
    )
  return { plan, commands, terminals: commands.includes(ANYTHING) }
}
