// Calls one op as a door does, with fake powers, and keeps its events: what an op test needs.
import { findOp } from '#dsl/catalog.ts'
import { Fault } from '#dsl/fault.ts'
import { perform } from '#dsl/perform.ts'
import type { Powers } from '#dsl/powers/powers.ts'
import type { Signal } from '#dsl/powers/signal.ts'

const NEVER: Signal = {
  aborted: false,
  reason: undefined,
  throwIfAborted: () => undefined,
  addEventListener: () => undefined,
  removeEventListener: () => undefined,
}

export async function call(
  name: string,
  powers: Partial<Powers>,
  input: object = {},
  events: unknown[] = [],
): Promise<Record<string, unknown>> {
  const op = findOp(name)
  if (op === undefined) throw new Fault('not_found', `There is no op "${name}".`)
  return perform(op, { ...powers, signal: NEVER }, input, async (event) => void events.push(event))
}
