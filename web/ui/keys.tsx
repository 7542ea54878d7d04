// The keyboard of the page: a press that is a command runs it before anything else sees it. Every other press is left to
// the terminal that has the keyboard.
import { Show, createMemo, lazy, onCleanup, onMount } from 'solid-js'
import { useApp } from '#web/state/app.ts'
import { pressed } from '#web/state/commands.ts'

const Palette = lazy(() => import('./palette.tsx').then(({ Palette }) => ({ default: Palette })))

/** Keys that a program in a terminal can never be sent: a shell's own Ctrl+K stays its own. */
const EVERYWHERE = ['Ctrl+Shift+P', 'Meta+K']
const OUTSIDE_TERMINALS = ['Ctrl+K']

export function Keys() {
  const { commands } = useApp()
  // Its code is fetched at its first use.
  const used = createMemo((before: boolean) => before || commands.open(), false)

  function key(event: KeyboardEvent): void {
    if (commands.open()) return
    const keys = inTerminal(event) ? EVERYWHERE : [...EVERYWHERE, ...OUTSIDE_TERMINALS]
    const command = commands.find(event)
    if (keys.some((each) => pressed(each, event))) commands.setOpen(true)
    else if (command) command.run()
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  onMount(() => {
    addEventListener('keydown', key, { capture: true })
    onCleanup(() => removeEventListener('keydown', key, { capture: true }))
  })

  return (
    <Show when={used()}>
      <Palette open={commands.open()} commands={commands.all()} onClose={() => commands.setOpen(false)} />
    </Show>
  )
}

function inTerminal(event: KeyboardEvent): boolean {
  return event.target instanceof Element && event.target.closest('.terminal-screen') !== null
}
