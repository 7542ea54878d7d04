// The resource paths: which op each stands for. Data only; the door, OpenAPI and API.md read it, and nothing else says them.
import { findOp } from '#dsl/catalog.ts'
import type { OpName } from '#dsl/catalog.ts'
import type { Op } from '#dsl/op.ts'

export interface Route {
  readonly method: 'GET' | 'POST' | 'DELETE'
  /** `{name}` is the op's field of that name; its other fields are the query of a GET, or the JSON body. */
  readonly path: string
  readonly op: OpName
}

export const ROUTES: readonly Route[] = [
  { method: 'GET', path: '/workflows', op: 'workflow.list' },
  { method: 'POST', path: '/workflows', op: 'workflow.save' },
  { method: 'GET', path: '/workflows/{name}', op: 'workflow.get' },
  { method: 'DELETE', path: '/workflows/{name}', op: 'workflow.remove' },
  { method: 'GET', path: '/runs', op: 'run.list' },
  { method: 'POST', path: '/runs', op: 'run.start' },
  { method: 'GET', path: '/runs/{run}', op: 'run.get' },
  { method: 'POST', path: '/runs/{run}/cancel', op: 'run.cancel' },
  { method: 'POST', path: '/runs/{run}/retry', op: 'run.retry' },
  { method: 'POST', path: '/runs/{run}/approve', op: 'run.approve' },
  { method: 'GET', path: '/runs/{run}/events', op: 'run.watch' },
  { method: 'GET', path: '/runs/{run}/artifacts', op: 'artifact.list' },
  { method: 'GET', path: '/runs/{run}/steps/{step}/log', op: 'run.log' },
]

export function opOf({ op: name }: Route): Op {
  const op = findOp(name)
  if (op === undefined) throw new Error(`A route names ${name}, which is no op.`)
  return op
}

/** The fields that the path holds. */
export function pathFields(path: string): string[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name)
}

/** `/runs/{run}` as the router writes it: `/runs/:run`. */
export function routerPath(path: string): string {
  return path.replace(/\{(\w+)\}/g, ':$1')
}
