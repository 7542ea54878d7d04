// What an expression reads: the steps, inputs, secrets and axes that it names. It looks at trees, never at values.
import { pathOf, walk } from './expression/ast.ts'
import type { Node } from './expression/ast.ts'
import type { Template } from './template.ts'

export interface Reference {
  /** In lower case: `steps`, `secrets` … */
  readonly root: string
  /** The names behind the root, as far as they are literal: `['tests', 'ok']` of steps.tests.ok. */
  readonly path: readonly string[]
  /** 0-based offset, of the whole template when it is read from one. */
  readonly at: number
}

/** Every root that the tree reads, with the longest literal path behind it. */
export function referencesOf(node: Node): readonly Reference[] {
  const inside = new Set<Node>()
  const found: Reference[] = []
  for (const current of walk(node)) {
    const path = inside.has(current) ? undefined : pathOf(current)
    if (path === undefined) continue
    for (const part of walk(current)) inside.add(part)
    const [root = '', ...rest] = path
    found.push({ root: root.toLowerCase(), path: rest, at: rootOf(current).at })
  }
  return found
}

function rootOf(node: Node): Node {
  return node.kind === 'index' ? rootOf(node.target) : node
}

export function templateReferences(template: Template): readonly Reference[] {
  return template.flatMap((part) =>
    part.kind === 'text'
      ? []
      : referencesOf(part.node).map((found) => ({ ...found, at: found.at + part.inner })),
  )
}
