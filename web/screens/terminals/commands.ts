// The commands of the desk, with their keys. Keys that a browser or a shell needs for itself are left to them.
import type { Command } from '#web/state/commands.ts'
import { neighbour } from '#web/state/place.ts'
import type { Direction } from '#web/state/place.ts'
import type { Terminals } from '#web/state/terminals.ts'

export interface DeskCommands {
  readonly terminals: Terminals
  readonly current: string | undefined
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
  return [open, ...onCurrent(desk, current), ...tabCommands(desk), ...moveCommands(desk, current)]
}

function onCurrent({ terminals, rename }: DeskCommands, pty: string): Command[] {
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
    {
      id: 'terminal.rename',
      label: 'terminal.rename',
      icon: 'pencil',
      run: () => rename(pty),
    },
    {
      id: 'terminal.close',
      label: 'terminal.end',
      icon: 'close',
      keys: 'Ctrl+Shift+X',
      run: () => void terminals.close(pty),
    },
  ]
}

function tabCommands({ terminals, go }: DeskCommands): Command[] {
  return terminals.layout().map((tab) => ({
    id: `terminal.tab.${tab.focus}`,
    label: 'terminal.tab',
    values: { name: terminals.nameOf(tab.focus) },
    icon: 'terminal',
    run: () => go(tab.focus),
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
  if (root === undefined) return []
  return WAYS.flatMap(({ direction, keys, label }) => {
    const next = neighbour(root, pty, direction)
    return next === undefined
      ? []
      : [{ id: label, label, icon: 'chevron' as const, keys, run: () => go(next) }]
  })
}
