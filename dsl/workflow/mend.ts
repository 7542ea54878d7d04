// Takes out of a value what does not fit its schema, so that the rest can still be checked: all errors are found at once.
import type { z } from 'zod'
import type { Path } from './problem.ts'

const ROUNDS_MAX = 4

/** The parsed value without what is wrong, or undefined when too little is left. `value` is changed. */
export function mend<S extends z.ZodType>(schema: S, value: unknown): z.output<S> | undefined {
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const result = schema.safeParse(value)
    if (result.success) return result.data
    for (const issue of result.error.issues) {
      const path = issue.path as Path
      if (issue.code === 'unrecognized_keys') for (const key of issue.keys) remove(value, [...path, key])
      else remove(value, path)
    }
  }
  return undefined
}

/** In a list an empty map takes the place of the item, so that the others keep their numbers. */
function remove(value: unknown, path: Path): void {
  const key = path.at(-1)
  if (key === undefined) return
  const holder = path
    .slice(0, -1)
    .reduce<unknown>((at, step) => (at as Record<string, unknown> | undefined)?.[step], value)
  if (Array.isArray(holder)) holder[Number(key)] = {}
  else if (typeof holder === 'object' && holder !== null) delete (holder as Record<string, unknown>)[key]
}
