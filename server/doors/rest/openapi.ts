// The catalog as OpenAPI 3.1 (spec.openapis.org/oas/v3.1.0). It is derived; nothing of it is written by hand per op.
import { CATALOG } from '#dsl/catalog.ts'
import { FAULTS } from '#dsl/fault.ts'
import type { Op } from '#dsl/op.ts'
import { inputSchema, jsonSchema } from '#server/doors/json-schema.ts'
import type { Json } from '#server/doors/json-schema.ts'
import { VERSION } from '#server/version.ts'
import { EVENT_STREAM, NDJSON } from './answers.ts'
import { ROUTES, opOf, pathFields } from './routes.ts'
import type { Route } from './routes.ts'

/** The ops behind this door, in the catalog's order. */
export const restOps = (): readonly Op[] => CATALOG.filter((op) => op.doors.includes('rest'))

export function openApi(): Json {
  const names = restOps().flatMap((op) => [op.name, ...op.aliases].map((name) => [name, op] as const))
  return {
    openapi: '3.1.0',
    info: {
      title: 'Chispart',
      version: VERSION,
      description: 'Every op of the catalog, one path each, and resource paths.',
    },
    servers: [{ url: '/' }],
    paths: {
      ...Object.fromEntries(names.map(([name, op]) => [`/api/ops/${name}`, { post: operation(name, op) }])),
      ...resourcePaths(),
    },
    components: {
      schemas: { Fault: FAULT },
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer' },
        session: { type: 'apiKey', in: 'cookie', name: 'chispart' },
      },
    },
    security: [{ bearer: [] }, { session: [] }],
  }
}

const FAULT: Json = {
  type: 'object',
  required: ['ok', 'error'],
  properties: {
    ok: { const: false },
    error: {
      type: 'object',
      required: ['code', 'message'],
      properties: { code: { enum: Object.keys(FAULTS) }, message: { type: 'string' }, data: {} },
    },
  },
}

function operation(name: string, op: Op): Json {
  return {
    operationId: name,
    tags: [op.name.split('.')[0]],
    summary: op.summary,
    ...(name === op.name ? {} : { description: `The same as ${op.name}.` }),
    ...(op.public ? { security: [] } : {}),
    requestBody: { required: true, content: { 'application/json': { schema: inputSchema(op) } } },
    responses: { 200: { description: 'Done', content: answers(op) }, ...FAULTY },
  }
}

const FAULTY: Json = {
  default: {
    description: 'A fault',
    content: { 'application/json': { schema: { $ref: '#/components/schemas/Fault' } } },
  },
}

function resourcePaths(): Record<string, Json> {
  const paths: Record<string, Json> = {}
  for (const route of ROUTES)
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: resource(route) }
  return paths
}

function resource(route: Route): Json {
  const op = opOf(route)
  const { summary } = op
  const tags = [route.path.split('/')[1]]
  const id = { operationId: `resource.${op.name}`, tags, summary, description: `The op ${op.name}.` }
  if (op.events === undefined) {
    const done = { 200: { description: 'Done', content: answers(op) } }
    return { ...id, ...resourceInput(route, op), responses: { ...done, ...FAULTY } }
  }
  const events = { [EVENT_STREAM]: { schema: { type: 'string', description: 'Server-sent events' } } }
  const responses = { 200: { description: 'Events', content: events }, 204: { description: 'None is left' } }
  return { ...id, ...resourceInput(route, op), responses: { ...responses, ...FAULTY } }
}

/** What the path does not hold is the query of a GET, and the body of any other. */
function resourceInput({ method, path }: Route, op: Op): Json {
  const held = pathFields(path)
  const { properties = {}, required = [] } = inputSchema(op) as {
    properties?: Record<string, Json>
    required?: string[]
  }
  const parameter = (name: string, place: 'path' | 'query') => {
    const { description, ...schema } = properties[name] ?? {}
    return { name, in: place, required: required.includes(name), description, schema }
  }
  const others = Object.keys(properties).filter((name) => !held.includes(name))
  const parameters = held.map((name) => parameter(name, 'path'))
  if (method === 'GET')
    return { parameters: [...parameters, ...others.map((name) => parameter(name, 'query'))] }
  if (others.length === 0) return { parameters }
  const needed = required.filter((name) => others.includes(name))
  const schema = {
    type: 'object',
    properties: Object.fromEntries(others.map((name) => [name, properties[name]])),
    required: needed,
    additionalProperties: false,
  }
  const content = { 'application/json': { schema } }
  return { parameters, requestBody: { required: needed.length > 0, content } }
}

function answers(op: Op): Json {
  const output = jsonSchema(op.output, 'output')
  const ok = { type: 'object', required: ['ok'], properties: { ok: { const: true } } }
  if (!op.events) return { 'application/json': { schema: { allOf: [ok, output] } } }
  const event = jsonSchema(op.events, 'output')
  const stream = {
    type: 'object',
    properties: { stream: { type: 'array', items: event }, truncated: { type: 'boolean' } },
  }
  return {
    'application/json': { schema: { allOf: [ok, stream, output] } },
    [NDJSON]: { schema: { description: '{"event"} per line, then the answer', type: 'string' } },
  }
}
