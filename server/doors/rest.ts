// The REST door: POST /api/ops/{name} for every op, and resource paths for some. Each request is one call.
import { Hono } from 'hono'
import type { Context } from 'hono'
import { findOp } from '#dsl/catalog.ts'
import type { Emit } from '#dsl/op.ts'
import { whileSignedIn } from '#server/auth/while-signed-in.ts'
import { readObject } from '#server/body.ts'
import { peerOf } from '#server/peer.ts'
import { NDJSON, asLines, asObject } from './rest/answers.ts'
import { callerOf, leaving } from './rest/request.ts'
import type { RestParts } from './rest/request.ts'
import { resourceRoutes } from './rest/resources.ts'

export type { RestParts } from './rest/request.ts'

export function restDoor(parts: RestParts): Hono {
  const app = new Hono()
  app.post('/api/ops/:name', (c) => answer(parts, c))
  app.all('/api/ops/:name', (c) =>
    c.json({ ok: false, error: { code: 'invalid', message: 'Use POST.' } }, 405),
  )
  app.route('/', resourceRoutes(parts))
  return app
}

async function answer(parts: RestParts, c: Context): Promise<Response> {
  const name = c.req.param('name') ?? ''
  const op = findOp(name)
  const principal = await callerOf(parts, c, op)
  const input = await readObject(c)
  const { signal: welcome, done } = whileSignedIn(parts.auth, principal)
  const signal = AbortSignal.any([leaving(c), welcome])
  const call = { principal, peer: peerOf(c), door: 'rest', op: name, input, signal } as const
  const act = (emit: Emit<unknown>) => parts.dispatch({ ...call, emit }).finally(done)
  if (c.req.header('accept')?.includes(NDJSON)) return asLines(c, act)
  return asObject(c, op?.events !== undefined, act)
}
