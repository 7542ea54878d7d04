// Text of the module that stands for runtime/ops.ts in the bundle, written from the catalog: names, and how to load each.
import { CATALOG } from '#dsl/catalog.ts'
import type { Op } from '#dsl/op.ts'

/** Source of a module that exports `workspaceOp`, as runtime/ops.ts does. Each op of a workspace is a chunk of its own. */
export function workspaceOpsSource(): string {
  const lines = CATALOG.filter(({ runs }) => runs === 'workspace').flatMap(entries)
  return `const ops = {
  __proto__: null,
${lines.join('\n')}
}
const named = (module, name) => Object.values(module).find((value) => value?.name === name)
export async function workspaceOp(name) {
  return ops[name]?.()
}
`
}

/** The path of an op is its name (dsl/catalog.test.ts). */
function entries({ name, aliases }: Op): string[] {
  const load = `() => import('#dsl/ops/${name.replaceAll('.', '/')}.ts').then((module) => named(module, '${name}'))`
  return [name, ...aliases].map((known) => `  '${known}': ${load},`)
}
