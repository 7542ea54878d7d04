// What may stand at a place of a file, as its JSON Schema says: keys, and the values of a closed list. It never validates.
import type { PathPart, Place } from './place.ts'

export type Schema = Readonly<Record<string, unknown>>

export interface Offer {
  readonly label: string
  /** What is put in. */
  readonly text: string
  readonly kind: 'key' | 'value'
  readonly info?: string
}

export function offersAt(schema: Schema, place: Place): Offer[] {
  const here = place.path.reduce<readonly Schema[]>(
    (schemas, part) => schemas.flatMap((each) => stepInto(each, part)),
    [schema],
  )
  const open = here.flatMap((each) => branches(each, {}))
  const keys = place.kind === 'value' ? [] : open.flatMap(keysOf)
  const values = place.kind === 'key' ? [] : open.flatMap(valuesOf)
  const offers = new Map([...keys, ...values].map((offer) => [`${offer.kind} ${offer.label}`, offer]))
  return [...offers.values()].filter(({ kind, label }) => kind === 'value' || !place.taken.includes(label))
}

function stepInto(schema: Schema, { key, beside }: PathPart): Schema[] {
  return branches(schema, beside).flatMap((each) => {
    if (key === '-') return isSchema(each['items']) ? [each['items']] : []
    const properties = each['properties']
    if (isSchema(properties) && Object.hasOwn(properties, key)) return [properties[key] as Schema]
    return isSchema(each['additionalProperties']) ? [each['additionalProperties']] : []
  })
}

/** The schema itself and every one that it allows besides, as far as the neighbours decide. */
function branches(schema: Schema, beside: PathPart['beside']): Schema[] {
  const among = [...listOf(schema['anyOf']), ...listOf(schema['oneOf'])]
  const also = listOf(schema['allOf']).flatMap((each) => {
    if (!isSchema(each['if'])) return [each]
    return isSchema(each['then']) && fits(each['if'], beside) ? [each['then']] : []
  })
  return [schema, ...[...among, ...also].flatMap((each) => branches(each, beside))]
}

/** Only conditions of the form "the neighbour is this value" are understood. */
function fits({ properties }: Schema, beside: PathPart['beside']): boolean {
  if (!isSchema(properties)) return false
  return Object.entries(properties).every(
    ([key, wanted]) => isSchema(wanted) && wanted['const'] !== undefined && beside[key] === wanted['const'],
  )
}

function keysOf({ properties }: Schema): Offer[] {
  if (!isSchema(properties)) return []
  return Object.entries(properties).map(([label, schema]) => ({
    label,
    text: `${label}: `,
    kind: 'key',
    ...infoOf(schema),
  }))
}

function valuesOf(schema: Schema): Offer[] {
  const listed = Array.isArray(schema['enum']) ? (schema['enum'] as unknown[]) : []
  const fixed = schema['const'] === undefined ? [] : [schema['const']]
  const flags = schema['type'] === 'boolean' ? [true, false] : []
  return [...listed, ...fixed, ...flags]
    .filter((value) => ['string', 'number', 'boolean'].includes(typeof value))
    .map((value) => ({ label: String(value), text: String(value), kind: 'value', ...infoOf(schema) }))
}

function infoOf(schema: unknown): { info?: string } {
  const info = isSchema(schema) ? schema['description'] : undefined
  return typeof info === 'string' ? { info } : {}
}

const isSchema = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const listOf = (value: unknown): Schema[] => (Array.isArray(value) ? value.filter(isSchema) : [])
