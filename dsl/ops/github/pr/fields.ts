// Fields that the ops on pull requests share, so that a word means the same in each.
import { z } from 'zod'
import { Fault } from '#dsl/fault.ts'

/** GitHub takes 65,536 characters; the rest is room for the mark of the call. */
const BODY_MAX = 65_000

export const repository = () =>
  z
    .string()
    .min(3)
    .max(2048)
    .optional()
    .describe("owner/name, or the repository's address; in a workflow the run's when left out")
export const markdown = (min: number) =>
  z.string().min(min).max(BODY_MAX).describe('Markdown, as it is to be read')
export const branch = () =>
  z
    .string()
    .min(1)
    .max(255)
    .regex(/^[^\s~^?*[\\]+$/, 'is the name of a branch')

/** The value of the only field: a workflow fills some fields by its run, so that no schema can ask for them. */
export function required(op: string, field: Readonly<Record<string, string | undefined>>): string {
  const [[name, value] = ['', undefined]] = Object.entries(field)
  if (value !== undefined) return value
  throw new Fault('invalid', `${op}: "${name}": is missing, and no run says it.`, { data: { field: name } })
}
