// What can be done in one terminal, by name, by keys or from its menus.
import type { Command } from '#web/state/commands.ts'
import type { Pane } from './pane.ts'

/** Clipboard keys are with Shift, as in every terminal: without it they are the program's. */
export function clipboardCommands(pane: Pane): Command[] {
  return [
    { id: 'terminal.copy', label: 'terminal.copy', icon: 'copy', keys: 'Ctrl+Shift+C', run: pane.copy },
    {
      id: 'terminal.paste',
      label: 'terminal.paste',
      icon: 'paste',
      keys: 'Ctrl+Shift+V',
      native: true,
      run: pane.paste,
    },
    { id: 'terminal.all', label: 'terminal.all', icon: 'selectAll', run: pane.selection.all },
    { id: 'terminal.copy.all', label: 'terminal.copy.all', icon: 'layers', run: pane.copyAll },
    findCommand(pane),
  ]
}

/** The same where the pointer is: nothing is offered that would do nothing. */
export function contextCommands(pane: Pane): Command[] {
  const selected = pane.screen()?.xterm.hasSelection()
  return clipboardCommands(pane).filter(({ id }) => selected || id !== 'terminal.copy')
}

function findCommand(pane: Pane): Command {
  return {
    id: 'terminal.find',
    label: 'terminal.find',
    icon: 'search',
    keys: 'Ctrl+Shift+F',
    run: () => pane.find(true),
  }
}
