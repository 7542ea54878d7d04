// The fields of an op as JSON Schema 2020-12, for every door and document that shows them. It adds no word of its own.
import { z } from 'zod'
import { doorInput } from '#dsl/catalog.ts'
import type { Op } from '#dsl/op.ts'

export type Json = Record<string, unknown>

/** What a caller sends, at any door. */
export const inputSchema = (op: Op): Json => jsonSchema(doorInput(op), 'input')

/** Outputs leave `additionalProperties: false` out: a door puts them into a frame with fields of its own. */
export function jsonSchema(type: z.ZodType, io: 'input' | 'output'): Json {
  const json = z.toJSONSchema(type, { io, unrepresentable: 'any', reused: 'inline' }) as Json
  delete json['$schema']
  if (io === 'output') delete json['additionalProperties']
  return json
}
