// API.md: the REST door, for people who read before they curl. The machine's version is the server's own OpenAPI.
import { code } from './fields.ts'
import { fill } from './fill.ts'
import { opSections } from './ops.ts'
import { faultTable } from './rpc.ts'

export function restDocument(template: string): string {
  return fill(template, {
    faults: faultTable(),
    ops: opSections('rest', ({ name }) => code(`POST /api/ops/${name}`)),
  })
}
