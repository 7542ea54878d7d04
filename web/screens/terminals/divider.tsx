// The border between two cells: dragged by a pointer, moved by arrow keys.
import type { Split } from '#web/state/layout.ts'
import type { Rect } from '#web/state/place.ts'
import { useFace } from '#web/state/face.ts'

export interface DividerProps {
  readonly split: Split
  readonly rect: Rect
  readonly onShare: (share: number) => void
  readonly onLeave: () => void
}

/** One press of an arrow key, as a part of the place. */
const STEP = 0.05

export function Divider(props: DividerProps) {
  const { t } = useFace()
  const sideBySide = () => props.split.axis === 'row'

  function drag(event: PointerEvent & { currentTarget: HTMLElement }): void {
    const divider = event.currentTarget
    const stage = divider.parentElement?.getBoundingClientRect()
    if (!stage || !divider.hasPointerCapture(event.pointerId)) return
    const { rect } = props
    const share = sideBySide()
      ? ((event.clientX - stage.left) / stage.width - rect.x) / rect.width
      : ((event.clientY - stage.top) / stage.height - rect.y) / rect.height
    props.onShare(share)
  }
  function key(event: KeyboardEvent): void {
    // Back to the terminal that had the keyboard.
    if (event.key === 'Enter' || event.key === 'Escape') return props.onLeave()
    const [less, more] = sideBySide() ? ['ArrowLeft', 'ArrowRight'] : ['ArrowUp', 'ArrowDown']
    if (event.key !== less && event.key !== more) return
    event.preventDefault()
    props.onShare(props.split.share + (event.key === more ? STEP : -STEP))
  }

  return (
    <div
      class={`divider ${props.split.axis}`}
      role="separator"
      tabindex="0"
      aria-label={t('terminal.divider')}
      aria-orientation={sideBySide() ? 'vertical' : 'horizontal'}
      aria-valuenow={Math.round(props.split.share * 100)}
      aria-valuemin="10"
      aria-valuemax="90"
      style={placeOf(props.split, props.rect)}
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={drag}
      onKeyDown={key}
    />
  )
}

function placeOf({ axis, share }: Split, { x, y, width, height }: Rect) {
  const percent = (part: number) => `${part * 100}%`
  return axis === 'row'
    ? { left: percent(x + width * share), top: percent(y), height: percent(height) }
    : { left: percent(x), top: percent(y + height * share), width: percent(width) }
}
