// Small schemas that the workflow's own share, so that a word means the same everywhere in a file.
import { z } from 'zod'

export const STEP_ID = /^[A-Za-z_][A-Za-z0-9_-]*$/

/** Milliseconds; a day at most, or 30 for a whole run and for people. */
export const DAY_MS = 86_400_000
export const milliseconds = (max = DAY_MS) => z.int().min(1).max(max)

/** A text that may hold expressions. */
export const template = () => z.string().max(65_536)
export const scalar = () => z.union([template(), z.number(), z.boolean()])

export const stepId = () =>
  z.string().max(64).regex(STEP_ID, 'an id is letters, digits, "_" and "-", and starts with a letter or "_"')

export const variables = () =>
  z.record(
    z
      .string()
      .max(256)
      .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'a variable name is letters, digits and "_"'),
    scalar(),
  )
