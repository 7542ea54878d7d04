// The resource routes: /runs, /runs/{run}/cancel and the like, each one op of the catalog. A browser that navigates there
// gets the face's page of the same path, so none of them may answer what asks for text/html.
import { Hono } from 'hono'
import type { Context, MiddlewareHandler } from 'hono'
import { Fault } from '#dsl/fault.ts'
import type { Op } from '#dsl/op.ts'
import { whileSignedIn } from '#server/auth/while-signed-in.ts'
import { hasBody, readObject } from '#server/body.ts'
import { inputSchema } from '#server/doors/json-schema.ts'
import { peerOf } from '#server/peer.ts'
import { asEventStream, asObject } from './answers.ts'
import { callerOf, leaving } from './request.ts'
import type { RestParts } from './request.ts'
import { ROUTES, opOf, pathFields, routerPath } from './routes.ts'
import type { Route } from './routes.ts'

export function resourceRoutes(parts: RestParts): Hono {
  const app = new Hono()
  for (const path of new Set(ROUTES.map((route) => route.path))) {
    const here = ROUTES.filter((route) => route.path === path)
    app.use(routerPath(path), varying)
    for (const route of here)
      app.on(route.method, routerPath(path), (c, next) => (wantsPage(c) ? next() : answer(parts, c, route)))
    app.all(routerPath(path), (c, next) => (wantsPage(c) ? next() : refuseMethod(c, here)))
  }
  return app
}

/** Two things live at one address: a cache must not give one for the other (RFC 9110 §12.5.5). */
const varying: MiddlewareHandler = async (c, next) => {
  await next()
  c.header('vary', 'Accept', { append: true })
}

/** A browser's navigation names text/html; a program names JSON, or takes anything. */
function wantsPage(c: Context): boolean {
  return ['GET', 'HEAD'].includes(c.req.method) && (c.req.header('accept') ?? '').includes('text/html')
}

function refuseMethod(c: Context, routes: readonly Route[]): Response {
  const allowed = routes.map(({ method }) => method).join(', ')
  const error = new Fault('invalid', `${routes[0]?.path ?? ''} takes ${allowed}.`)
  return c.json({ ok: false, error }, 405, { allow: allowed })
}

async function answer(parts: RestParts, c: Context, route: Route): Promise<Response> {
  const op = opOf(route)
  const principal = await callerOf(parts, c, op)
  const input = await inputOf(c, route, op)
  const call = { principal, peer: peerOf(c), door: 'rest', op: op.name, input } as const
  c.header('cache-control', 'no-store')
  if (op.events === undefined)
    return asObject(c, false, () => parts.dispatch({ ...call, signal: leaving(c), emit: unheard }))
  if (c.req.method === 'HEAD') throw new Fault('invalid', `${route.path} is a stream. Use GET.`)
  const { signal, done } = whileSignedIn(parts.auth, principal)
  const both = AbortSignal.any([leaving(c), signal])
  return asEventStream(c, (emit) => parts.dispatch({ ...call, signal: both, emit }).finally(done))
}

/** An op without events emits none. */
const unheard = () => Promise.resolve()

async function inputOf(c: Context, { method, path }: Route, op: Op): Promise<Record<string, unknown>> {
  const named = Object.fromEntries(pathFields(path).map((name) => [name, c.req.param(name)]))
  const rest = method === 'GET' ? query(c, op) : hasBody(c) ? await readObject(c) : {}
  const twice = Object.keys(named).find((name) => name in rest)
  if (twice !== undefined) throw new Fault('invalid', `"${twice}" is in the path already. Leave it out.`)
  return { ...resumed(c, op), ...rest, ...named }
}

/** Where a client of events goes on that lost its connection: its last event's id. */
function resumed(c: Context, op: Op): Record<string, unknown> {
  const last = c.req.header('last-event-id')
  return op.events === undefined || last === undefined || last === ''
    ? {}
    : { cursor: typed('integer', last) }
}

function query(c: Context, op: Op): Record<string, unknown> {
  const { properties = {} } = inputSchema(op) as { properties?: Record<string, { type?: unknown }> }
  const entries = Object.entries(c.req.queries()).map(([name, values]) => {
    if (values.length > 1)
      throw new Fault('invalid', `"${name}" is given ${values.length} times. Give it once.`)
    const field = Object.hasOwn(properties, name) ? properties[name] : undefined
    return [name, typed(field?.type, values[0] ?? '')]
  })
  return Object.fromEntries(entries) as Record<string, unknown>
}

/** Text as a value of that JSON Schema type; what is none stays text, for the op to refuse by name. */
function typed(type: unknown, text: string): unknown {
  const isNumber = type === 'integer' || type === 'number'
  if (isNumber && /^-?\d+(\.\d+)?$/.test(text)) return Number(text)
  if (type === 'boolean' && /^(true|false)$/.test(text)) return text === 'true'
  return text
}
