// API.md: the REST door, for people who read before they curl. The machine's version is the server's own OpenAPI.
import { ROUTES, opOf } from '#server/doors/rest/routes.ts'
import { code, table, tableRow } from './fields.ts'
import { fill } from './fill.ts'
import { opSections } from './ops.ts'
import { faultTable } from './rpc.ts'

export function restDocument(template: string): string {
  return fill(template, {
    faults: faultTable(),
    resources: resourceTable(),
    ops: opSections('rest', ({ name }) => code(`POST /api/ops/${name}`)),
  })
}

/** Each resource path and the op that it is; the op's section says the fields. */
function resourceTable(): string {
  const rows = ROUTES.map((route) => {
    const { name, summary } = opOf(route)
    return tableRow([code(`${route.method} ${route.path}`), code(name), summary])
  })
  return table(['path', 'op', 'does'], rows)
}
