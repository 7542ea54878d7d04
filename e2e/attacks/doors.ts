// Attacks by the front door as a person of some plan: what is another's, what is the operator's, and what the plan has
// not. Data; see attack.ts.
import type { Outside } from './attack.ts'

export interface DoorAttack {
  readonly kind: 'doors'
  readonly name: string
  readonly op: string
  input(outside: Outside): Readonly<Record<string, unknown>>
  /** The codes that are a refusal. */
  readonly codes: readonly string[]
}

const hers = (op: string, input: Readonly<Record<string, unknown>> = {}): DoorAttack => ({
  kind: 'doors',
  name: `${op} in another's workspace`,
  op,
  input: ({ neighbour }) => ({ workspace: neighbour.id, ...input }),
  codes: ['not_found'],
})

export const DOORS: readonly DoorAttack[] = [
  hers('exec', { cmd: 'id' }),
  hers('file.read', { path: 'kept/1' }),
  hers('file.write', { path: 'kept/1', content: 'evil' }),
  hers('file.list', { path: '.' }),
  hers('file.remove', { path: 'kept', recursive: true }),
  hers('git.status'),
  hers('pty.open'),
  hers('pty.list'),
  hers('pty.attach', { pty: 'p1', cursor: 0 }),
  hers('workspace.stop'),
  hers('workspace.start'),
  hers('workspace.usage'),
  hers('workspace.remove'),
]
