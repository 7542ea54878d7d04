// What can be done here by name or by keys: screens add their commands while they are shown, the palette lists them all.
import { createSignal, onCleanup } from 'solid-js'
import type { IconName } from '#web/ui/icon.tsx'
import type { TextKey } from '#web/text/say.ts'

export interface Command {
  readonly id: string
  readonly label: TextKey
  readonly values?: Record<string, string>
  readonly icon: IconName
  /** As it is shown: `Ctrl+Shift+Enter`. */
  readonly keys?: string
  /** The keys are the browser's own and do this without us. */
  readonly native?: true
  readonly run: () => void
}

export function createCommands() {
  const [sources, setSources] = createSignal<readonly (() => readonly Command[])[]>([])
  const [open, setOpen] = createSignal(false)
  const all = () => sources().flatMap((source) => source())
  return {
    all,
    /** Whether the palette shows. */
    open,
    setOpen,
    /** Offers commands while the asking owner lives; the latest come first, being the nearest. */
    offer(source: () => readonly Command[]) {
      setSources((before) => [source, ...before])
      onCleanup(() => setSources((before) => before.filter((each) => each !== source)))
    },
    /** The command of a key press. */
    find: (press: KeyPress) =>
      all().find((command) => command.keys && !command.native && pressed(command.keys, press)),
  }
}

export type Commands = ReturnType<typeof createCommands>
type KeyPress = Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'shiftKey' | 'altKey' | 'metaKey'>

/** Whether a press is exactly `keys`. A letter is told by its place, so that Shift and Alt do not change it. */
export function pressed(keys: string, press: KeyPress): boolean {
  // On many keyboards the plus is above the equals sign, on others it is not.
  if (keys === 'Ctrl+=' && (press.key === '+' || press.key === '=')) return press.ctrlKey && !press.altKey
  const parts = keys.split('+')
  const last = parts.pop() ?? ''
  const wants = (name: string) => parts.includes(name)
  if (press.ctrlKey !== wants('Ctrl') || press.shiftKey !== wants('Shift')) return false
  if (press.altKey !== wants('Alt') || press.metaKey !== wants('Meta')) return false
  return [press.key, press.code].includes(last) || press.code === (PLACES[last] ?? `Key${last}`)
}

const PLACES: Readonly<Record<string, string>> = { '0': 'Digit0', '[': 'BracketLeft', ']': 'BracketRight' }

/** Keys as a keyboard shows them: `Alt+Shift+←`. */
export const faceOf = (keys: string): string =>
  keys.replace(/Arrow(Left|Right|Up|Down)/, (_, way: keyof typeof ARROWS) => ARROWS[way])

const ARROWS = { Left: '←', Right: '→', Up: '↑', Down: '↓' } as const

/** The commands whose label holds every word of the wish, in any order. */
export function matching<T extends { readonly text: string }>(items: readonly T[], wish: string): T[] {
  const words = plain(wish).split(/\s+/).filter(Boolean)
  return items.filter(({ text }) => words.every((word) => plain(text).includes(word)))
}

const plain = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
