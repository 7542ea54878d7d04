// The tree of an expression. Data only: it can be kept, printed and walked, and never computes.
import type { Value } from './value.ts'

export type Comparison = '==' | '!=' | '<' | '<=' | '>' | '>='

/** `at` is the 0-based offset of the token that made the node. */
export type Node =
  | { readonly kind: 'literal'; readonly value: string | number | boolean | null; readonly at: number }
  | { readonly kind: 'name'; readonly name: string; readonly at: number }
  | { readonly kind: 'index'; readonly target: Node; readonly index: Node | '*'; readonly at: number }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Node[]; readonly at: number }
  | { readonly kind: 'not'; readonly operand: Node; readonly at: number }
  | { readonly kind: 'and' | 'or'; readonly operands: readonly Node[]; readonly at: number }
  | {
      readonly kind: 'compare'
      readonly operator: Comparison
      readonly left: Node
      readonly right: Node
      readonly at: number
    }
  /** `target | .a[0].b`: see `parse.ts`. */
  | {
      readonly kind: 'pipe'
      readonly target: Node
      readonly path: readonly (string | number)[]
      readonly at: number
    }

export function childrenOf(node: Node): readonly Node[] {
  switch (node.kind) {
    case 'literal':
    case 'name':
      return []
    case 'index':
      return node.index === '*' ? [node.target] : [node.target, node.index]
    case 'call':
      return node.args
    case 'not':
      return [node.operand]
    case 'and':
    case 'or':
      return node.operands
    case 'compare':
      return [node.left, node.right]
    case 'pipe':
      return [node.target]
  }
}

/** Every node of the tree, parents first. */
export function* walk(node: Node): Generator<Node> {
  yield node
  for (const child of childrenOf(node)) yield* walk(child)
}

export function depthOf(node: Node): number {
  return 1 + Math.max(0, ...childrenOf(node).map(depthOf))
}

/** The names that a chain of literal accesses spells (`steps.a['b']`), or undefined for any other node. */
export function pathOf(node: Node): readonly string[] | undefined {
  if (node.kind === 'name') return [node.name]
  if (node.kind !== 'index' || node.index === '*' || node.index.kind !== 'literal') return undefined
  const head = pathOf(node.target)
  return head === undefined || typeof node.index.value !== 'string' ? undefined : [...head, node.index.value]
}

/** What a name may stand for while an expression is computed. */
export interface Scope {
  /** Root names and what they hold, letter case aside. */
  readonly names: { readonly [name: string]: Value }
  /** How the steps before went; `success` when left out. Only always() holds after `skipped`. */
  readonly status?: 'success' | 'failure' | 'cancelled' | 'skipped'
  /** SHA-256 over the SHA-256 of every file that a pattern matches; '' for none. Absent where there are no files. */
  readonly hashFiles?: (patterns: readonly string[]) => string
}
