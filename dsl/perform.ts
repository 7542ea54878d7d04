// The one way an op is run: check the input, hand over only the declared powers, run, check the output.
import { z } from 'zod'
import { Fault } from './fault.ts'
import type { Emit, Op } from './op.ts'
import type { Always, Powers } from './powers/powers.ts'

/** Faults: invalid (which field, and why); whatever the op faults with; internal when its output breaks its own schema. */
export async function perform(
  op: Op,
  powers: Partial<Powers> & Always,
  input: unknown,
  emit: Emit<unknown>,
): Promise<Record<string, unknown>> {
  const checked = parseInput(op.name, op.input, input)
  powers.signal.throwIfAborted()
  const output = await op.run(declared(op, powers), checked, emit)
  const result = op.output.safeParse(output)
  if (!result.success)
    throw new Fault('internal', `${op.name} answered outside its schema.`, { cause: result.error })
  return result.data
}

/** Parses `input`, or faults with every field that is wrong and what is expected of it. */
export function parseInput<S extends z.ZodType>(name: string, schema: S, input: unknown): z.output<S> {
  const result = schema.safeParse(input)
  if (result.success) return result.data
  const problems = result.error.issues.map((issue) => ({
    field: issue.path.join('.'),
    problem: issue.message,
  }))
  const first = problems[0]
  const where = first?.field ? `"${first.field}": ` : ''
  throw new Fault('invalid', `${name}: ${where}${first?.problem ?? 'the input does not fit.'}`, {
    data: { problems },
  })
}

/** Only the declared powers: types are erased at run time, so an undeclared power must not be there at all. */
function declared(op: Op, powers: Partial<Powers> & Always): Partial<Powers> & Always {
  const chosen: Partial<Powers> & Always = { signal: powers.signal }
  for (const name of op.needs) {
    if (powers[name] === undefined)
      throw new Fault('internal', `${op.name} needs the power "${name}", which is not granted.`)
    Object.assign(chosen, { [name]: powers[name] })
  }
  return chosen
}
