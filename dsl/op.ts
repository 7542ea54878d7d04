// What an op is: one verb, pure, handed the powers that it declares. It never imports the world.
import type { z } from 'zod'
import type { Always, PowerName, Powers } from './powers/powers.ts'

export const DOORS = ['ws', 'rest', 'cli', 'mcp', 'workflow'] as const
export type Door = (typeof DOORS)[number]

/** Hands one event to the caller; resolves when the caller has room for the next. */
export type Emit<E> = (event: E) => Promise<void>

export interface OpDefinition<
  Name extends string,
  N extends PowerName,
  I extends z.ZodObject,
  O extends z.ZodObject,
  E extends z.ZodType,
> {
  /** Dotted; equals the path below dsl/ops. */
  readonly name: Name
  readonly aliases?: readonly string[]
  /** One imperative sentence without a full stop. */
  readonly summary: string
  readonly needs: readonly N[]
  /** `workspace`: in the sandbox's runtime. `control`: in the server, where the keys are. */
  readonly runs: 'workspace' | 'control'
  /** `read` changes nothing; `destroy` cannot be undone, so faces ask first. */
  readonly effect: 'read' | 'write' | 'destroy'
  /**
   * Made again with the same input it has no further effect (RFC 9110 §9.2.2), so that a call whose runtime died half-way
   * can be. Ops that only read are so anyway.
   */
  readonly idempotent?: true
  /** Where it can be called; all doors when left out. */
  readonly doors?: readonly Door[]
  /** Callable by a stranger who has not signed in. */
  readonly public?: true
  /** How many byte streams a call may open on the caller's connection. */
  readonly streams?: number
  /** Milliseconds a call may take; 120 000 when left out, 0 for as long as the caller stays. */
  readonly timeoutMs?: number
  /** False: it is about what runs already, so it never starts a workspace that was stopped. */
  readonly wakes?: false
  /** Input fields that a shell reads: a workflow quotes the values it puts into them. */
  readonly shell?: readonly string[]
  /** Fields that it does not name are refused. */
  readonly input: I
  readonly output: O
  readonly events?: E
  run(powers: Pick<Powers, N> & Always, input: z.output<I>, emit: Emit<z.input<E>>): Promise<z.input<O>>
}

/** An op with its types erased, as catalog, doors and generators see it. */
export interface Op {
  readonly name: string
  readonly aliases: readonly string[]
  readonly summary: string
  readonly needs: readonly PowerName[]
  readonly runs: 'workspace' | 'control'
  readonly effect: 'read' | 'write' | 'destroy'
  readonly idempotent: boolean
  readonly doors: readonly Door[]
  readonly public: boolean
  readonly streams: number
  readonly timeoutMs: number
  readonly wakes: boolean
  readonly shell: readonly string[]
  readonly input: z.ZodObject
  readonly output: z.ZodObject
  readonly events: z.ZodType | undefined
  run(powers: Partial<Powers> & Always, input: unknown, emit: Emit<unknown>): Promise<unknown>
}

/** An op with its types kept, as its test and a typed caller see it. */
export interface TypedOp<
  Name extends string,
  N extends PowerName,
  I extends z.ZodObject,
  O extends z.ZodObject,
  E extends z.ZodType,
> extends Omit<Op, 'name' | 'input' | 'output' | 'events' | 'run'> {
  readonly name: Name
  readonly input: I
  readonly output: O
  readonly events: E | undefined
  run(powers: Pick<Powers, N> & Always, input: z.output<I>, emit: Emit<z.input<E>>): Promise<z.input<O>>
}

export function op<
  const Name extends string,
  const N extends PowerName,
  I extends z.ZodObject,
  O extends z.ZodObject,
  E extends z.ZodType = z.ZodNever,
>(definition: OpDefinition<Name, N, I, O, E>): TypedOp<Name, N, I, O, E> {
  return {
    ...definition,
    aliases: definition.aliases ?? [],
    idempotent: definition.effect === 'read' || (definition.idempotent ?? false),
    doors: definition.doors ?? DOORS,
    public: definition.public ?? false,
    streams: definition.streams ?? 0,
    timeoutMs: definition.timeoutMs ?? 120_000,
    wakes: definition.wakes ?? true,
    shell: definition.shell ?? [],
    events: definition.events,
  }
}
