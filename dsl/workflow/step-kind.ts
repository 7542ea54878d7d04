// What a step can use, as the language sees it. The language takes a function that finds one; it does not know what exists.
import type { z } from 'zod'
import type { Op } from '#dsl/op.ts'

export interface StepKind {
  /** The canonical name; an alias finds the same kind. */
  readonly name: string
  readonly summary: string
  /** Fields of `with`; fields that it does not name are refused. */
  readonly input: z.ZodObject
  /** `workspace`: in the sandbox, where no secret goes. `control`: in the server. */
  readonly runs: 'workspace' | 'control'
  /** Fields of `with` that a shell reads: values in them are quoted. */
  readonly shell: readonly string[]
}

export interface StepKinds {
  find(name: string): StepKind | undefined
  /** Every name and alias, for "did you mean" and completion. */
  names(): readonly string[]
}

/** The op as a step, or undefined when it has no door `workflow`. */
export function opStep(op: Op | undefined): StepKind | undefined {
  if (op === undefined || !op.doors.includes('workflow')) return undefined
  const { name, summary, input, runs, shell } = op
  return { name, summary, input: input.strict(), runs, shell }
}

/** The ops of a catalog, and kinds beside them; a kind wins over an op of the same name. */
export function stepKinds(ops: readonly Op[], more: readonly StepKind[] = []): StepKinds {
  const kinds = new Map<string, StepKind>()
  for (const op of ops) {
    const kind = opStep(op)
    if (kind !== undefined) for (const name of [op.name, ...op.aliases]) kinds.set(name, kind)
  }
  for (const kind of more) kinds.set(kind.name, { ...kind, input: kind.input.strict() })
  return { find: (name) => kinds.get(name), names: () => [...kinds.keys()] }
}
