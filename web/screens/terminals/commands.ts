// The commands of the desk, with their keys: Ctrl and Shift with a letter or a bracket, which no terminal can send to a
// program, and of those only the ones that browsers leave to a page.
import type { Command } from '#web/state/commands.ts'
import { step, terminalsOf } from '#web/state/layout.ts'
import { neighbour } from '#web/state/place.ts'
import type { Direction } from '#web/state/place.ts'
import type { Terminals } from '#web/state/terminals.ts'
import { focusDivider } from './stage.tsx'

export interface DeskCommands {
  readonly terminals: Terminals
  readonly current: string | undefined
  /** A phone shows one terminal at a time, so it splits none. */
  readonly splits: boolean
  readonly go: (pty: string) => void
  readonly rename: (pty: string) => void
}

export function deskCommands(desk: DeskCommands): Command[] {
  const { terminals, current } = desk
  const open: Command = {
    id: 'terminal.new',
    label: 'terminal.new',
    icon: 'plus',
    keys: 'Ctrl+Shift+Enter',
    run: () => void terminals.open(),
  }
  if (current === undefined) return [open]
  return [
    open,
    ...onCurrent(desk, current),
    ...moveCommands(desk, current),
    ...orderCommands(desk, current),
    ...tabCommands(desk),
  ]
}

function onCurrent(desk: DeskCommands, pty: string): Command[] {
  const { terminals, rename } = desk
  return [
    ...(desk.splits ? splitCommands(desk, pty) : []),
    { id: 'terminal.rename', label: 'terminal.rename', icon: 'pencil', run: () => rename(pty) },
    {
      id: 'terminal.close',
      label: 'terminal.end',
      icon: 'close',
      keys: 'Ctrl+Shift+X',
      run: () => void terminals.close(pty),
    },
  ]
}

function splitCommands({ terminals }: DeskCommands, pty: string): Command[] {
  return [
    {
      id: 'terminal.right',
      label: 'terminal.right.split',
      icon: 'splitRight',
      keys: 'Ctrl+Shift+E',
      run: () => void terminals.split(pty, 'row'),
    },
    {
      id: 'terminal.down',
      label: 'terminal.down.split',
      icon: 'splitDown',
      keys: 'Ctrl+Shift+O',
      run: () => void terminals.split(pty, 'column'),
    },
  ]
}

function orderCommands({ terminals, go }: DeskCommands, pty: string): Command[] {
  const layout = terminals.layout()
  const at = layout.findIndex((tab) => tab === terminals.tab())
  const turn = (by: 1 | -1) => () => {
    const next = step(layout, pty, by)
    if (next !== undefined) go(next)
  }
  const move = (by: 1 | -1, label: Command['label']): Command[] =>
    layout[at + by] ? [{ id: label, label, icon: 'layers', run: () => terminals.move(pty, by) }] : []
  if (layout.flatMap((tab) => terminalsOf(tab.root)).length < 2) return []
  return [
    {
      id: 'terminal.go.next',
      label: 'terminal.go.next',
      icon: 'chevron',
      keys: 'Ctrl+Shift+]',
      run: turn(1),
    },
    {
      id: 'terminal.go.previous',
      label: 'terminal.go.previous',
      icon: 'back',
      keys: 'Ctrl+Shift+[',
      run: turn(-1),
    },
    ...move(-1, 'terminal.move.left'),
    ...move(1, 'terminal.move.right'),
  ]
}

function tabCommands({ terminals, current, go }: DeskCommands): Command[] {
  return terminals
    .layout()
    .flatMap((tab) => terminalsOf(tab.root))
    .filter((pty) => pty !== current)
    .map((pty) => ({
      id: `terminal.tab.${pty}`,
      label: 'terminal.tab',
      values: { name: terminals.nameOf(pty) },
      icon: 'terminal',
      run: () => go(pty),
    }))
}

const WAYS: readonly { direction: Direction; keys: string; label: Command['label'] }[] = [
  { direction: 'left', keys: 'Alt+Shift+ArrowLeft', label: 'terminal.go.left' },
  { direction: 'right', keys: 'Alt+Shift+ArrowRight', label: 'terminal.go.right' },
  { direction: 'up', keys: 'Alt+Shift+ArrowUp', label: 'terminal.go.up' },
  { direction: 'down', keys: 'Alt+Shift+ArrowDown', label: 'terminal.go.down' },
]

function moveCommands({ terminals, go }: DeskCommands, pty: string): Command[] {
  const root = terminals.tab()?.root
  if (root === undefined || typeof root === 'string') return []
  const divide: Command = { id: 'terminal.divide', label: 'terminal.divide', icon: 'move', run: focusDivider }
  const ways = WAYS.flatMap(({ direction, keys, label }) => {
    const next = neighbour(root, pty, direction)
    return next === undefined
      ? []
      : [{ id: label, label, icon: 'chevron' as const, keys, run: () => go(next) }]
  })
  return [...ways, divide]
}
