// The part of each document that lists the ops. Everything in it comes from the catalog.
import { z } from 'zod'
import { CATALOG, doorInput } from '#dsl/catalog.ts'
import type { Door, Op } from '#dsl/op.ts'
import { jsonSchema } from '#server/doors/json-schema.ts'
import { code, fieldTable, typeText } from './fields.ts'
import type { Schema } from './fields.ts'

const EFFECTS = {
  read: 'changes nothing',
  write: 'changes something',
  destroy: 'cannot be undone',
} as const satisfies Record<Op['effect'], string>

export function opsBehind(door: Door): readonly Op[] {
  return CATALOG.filter((op) => op.doors.includes(door))
}

/** The ops as a section each: what it does, its fields, its events, its answer. */
export function opSections(door: Door, heading: (op: Op) => string): string {
  return opsBehind(door)
    .map((op) =>
      [
        `### ${heading(op)}`,
        `${op.summary}. ${traits(op)}`,
        fieldTable(doorInput(op), 'input', 'It takes no fields.'),
        ...(op.events === undefined ? [] : [`Events: ${eventText(op.events)}.`]),
        fieldTable(op.output, 'output', 'The answer has no fields.').replace(/^\|/, 'Answer:\n\n|'),
      ].join('\n\n'),
    )
    .join('\n\n')
}

function traits(op: Op): string {
  const where = op.runs === 'workspace' ? 'Runs in a workspace' : 'Runs in the server'
  const time = op.timeoutMs === 0 ? 'no time limit' : `at most ${op.timeoutMs / 1000} s`
  const rest = [
    EFFECTS[op.effect],
    time,
    ...(op.runs === 'workspace' && !op.wakes ? ['only in one that runs'] : []),
    ...(op.streams > 0 ? [`opens up to ${op.streams} ${op.streams === 1 ? 'stream' : 'streams'}`] : []),
    ...(op.public ? ['open to a caller who has not signed in'] : []),
    ...(op.aliases.length > 0 ? [`also called ${op.aliases.map(code).join(', ')}`] : []),
  ]
  return `${where}; ${rest.join('; ')}.`
}

function eventText(events: z.ZodType): string {
  const schema = jsonSchema(events, 'output') as Schema
  return (schema.anyOf ?? schema.oneOf ?? [schema]).map((choice) => code(typeText(choice))).join(' or ')
}
