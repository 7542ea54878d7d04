// The row of keys that an on-screen keyboard lacks. It never takes the focus, or the keyboard would fold away.
import { For, Show, onCleanup } from 'solid-js'
import type { TextKey } from '#web/text/say.ts'
import { Icon } from '#web/ui/icon.tsx'
import type { IconName } from '#web/ui/icon.tsx'
import { isArrow } from './keys.ts'
import type { ExtraKey, Holds, Modifier } from './keys.ts'

export interface ExtraKeysProps {
  readonly holds: Holds
  readonly t: (key: TextKey, values?: Record<string, string | number>) => string
  readonly onKey: (key: ExtraKey) => void
  readonly onModifier: (modifier: Modifier) => void
}

/** Milliseconds until a held arrow repeats, and between its repeats. */
const REPEAT_AFTER_MS = 400
const REPEAT_MS = 60

interface Face {
  readonly key: ExtraKey
  /** What is on it: text, unless it is an arrow, which not every font has. */
  readonly face: string
  readonly icon?: IconName
  /** Left out: the face says it. */
  readonly label?: TextKey
}
const BEFORE: readonly Face[] = [
  { key: 'Escape', face: 'Esc' },
  { key: 'Tab', face: 'Tab' },
]
const MODIFIERS = [
  { modifier: 'ctrl', face: 'Ctrl' },
  { modifier: 'alt', face: 'Alt' },
] as const
const AFTER: readonly Face[] = [
  { key: 'ArrowLeft', face: '', icon: 'left', label: 'terminal.left' },
  { key: 'ArrowDown', face: '', icon: 'down', label: 'terminal.down' },
  { key: 'ArrowUp', face: '', icon: 'up', label: 'terminal.up' },
  { key: 'ArrowRight', face: '', icon: 'right', label: 'terminal.right' },
  { key: '|', face: '|', label: 'terminal.pipe' },
  { key: '/', face: '/', label: 'terminal.slash' },
  { key: '-', face: '-', label: 'terminal.dash' },
]

export function ExtraKeys(props: ExtraKeysProps) {
  return (
    <div
      class="extra-keys"
      role="toolbar"
      aria-label={props.t('terminal.keys')}
      onMouseDown={(event) => event.preventDefault()}
    >
      <For each={BEFORE}>{(face) => <Key {...props} {...face} />}</For>
      <For each={MODIFIERS}>
        {({ modifier, face }) => (
          <button
            type="button"
            class="wide"
            classList={{ locked: props.holds[modifier] === 'locked' }}
            aria-pressed={props.holds[modifier] !== 'off'}
            aria-label={
              props.holds[modifier] === 'locked' ? props.t('terminal.locked', { key: face }) : undefined
            }
            onClick={() => props.onModifier(modifier)}
          >
            {face}
          </button>
        )}
      </For>
      <For each={AFTER}>{(face) => <Key {...props} {...face} />}</For>
    </div>
  )
}

function Key(props: ExtraKeysProps & Face) {
  let timer: ReturnType<typeof setTimeout> | undefined
  let repeated = false
  const repeat = () => {
    repeated = true
    props.onKey(props.key)
    timer = setTimeout(repeat, REPEAT_MS)
  }
  function down(): void {
    repeated = false
    if (isArrow(props.key)) timer = setTimeout(repeat, REPEAT_AFTER_MS)
  }
  const up = () => clearTimeout(timer)
  onCleanup(up)

  return (
    <button
      type="button"
      classList={{ wide: props.face.length > 1 }}
      aria-label={props.label && props.t(props.label)}
      onPointerDown={down}
      onPointerUp={up}
      onPointerLeave={up}
      onPointerCancel={up}
      onContextMenu={(event) => event.preventDefault()}
      onClick={() => !repeated && props.onKey(props.key)}
    >
      <Show when={props.icon} fallback={props.face}>
        {(icon) => <Icon name={icon()} />}
      </Show>
    </button>
  )
}
