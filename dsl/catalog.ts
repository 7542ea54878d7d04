// The catalog: every op by name, alphabetical. It is the only list; doors, documents and faces derive from it.
import { z } from 'zod'
import type { Op, TypedOp } from './op.ts'
import { WORKSPACE } from './ops/fields.ts'
import { exec } from './ops/exec.ts'
import { gitStatus } from './ops/git/status.ts'
import { ptyOpen } from './ops/pty/open.ts'

export const OPS = [exec, gitStatus, ptyOpen] as const

type AnyOp = (typeof OPS)[number]
export type OpName = AnyOp['name']
type Named<N extends OpName> = Extract<AnyOp, { name: N }>
/** Fields that an op takes; one that runs in a workspace also takes `workspace`. */
export type OpInput<N extends OpName> = z.input<Named<N>['input']> & { workspace?: string | undefined }
export type OpOutput<N extends OpName> = z.output<Named<N>['output']>
export type OpEvent<N extends OpName> =
  Named<N> extends TypedOp<string, never, z.ZodObject, z.ZodObject, infer E> ? z.output<E> : never

const byName = new Map<string, Op>()
for (const entry of OPS as unknown as readonly Op[]) {
  for (const name of [entry.name, ...entry.aliases]) byName.set(name, entry)
}

/** All ops, types erased. */
export const CATALOG: readonly Op[] = OPS as unknown as readonly Op[]

/** The op of that name or alias. */
export function findOp(name: string): Op | undefined {
  return byName.get(name)
}

/** What a door asks for: the op's own input, plus `workspace` for an op that runs in one. Unknown fields are refused. */
export function doorInput(op: Op): z.ZodObject {
  return op.runs === 'workspace'
    ? op.input.extend({ workspace: WORKSPACE.optional() }).strict()
    : op.input.strict()
}
