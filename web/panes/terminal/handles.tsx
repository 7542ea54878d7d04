// The two handles of a selection made by touch: each drags its own end, and the content follows at the edges.
import { For, createSignal, onCleanup, onMount } from 'solid-js'
import type { Screen } from './screen.ts'
import { between, cellAt, cornerOf, lengthOf } from './select.ts'
import type { Span } from './select.ts'
import type { Point } from './touch.ts'

export interface HandlesProps {
  readonly screen: Screen
  readonly span: Span
  readonly onSpan: (span: Span) => void
}

const ENDS = ['from', 'to'] as const
type End = (typeof ENDS)[number]

export function Handles(props: HandlesProps) {
  const [drawn, setDrawn] = createSignal(0, { equals: false })
  const layer = (<div class="handles" />) as HTMLDivElement
  let dragged: { end: End; fixed: Span['from']; grip: Point } | undefined

  onMount(() => {
    const rendered = props.screen.xterm.onRender(() => setDrawn(0))
    onCleanup(() => rendered.dispose())
    // Only now does the layer have a place to measure from.
    setDrawn(0)
  })
  /** In the layer's pixels. */
  const corner = (end: End) => {
    drawn()
    const grid = props.screen.grid()
    const { left, top } = layer.getBoundingClientRect()
    const at = cornerOf(props.span[end], end === 'to', grid)
    return at && { x: at.x + grid.box.left - left, y: at.y + grid.box.top - top }
  }

  function down(end: End, event: PointerEvent & { currentTarget: HTMLElement }): void {
    event.currentTarget.setPointerCapture(event.pointerId)
    const at = corner(end)
    const { left, top } = layer.getBoundingClientRect()
    if (!at) return
    // The finger holds the handle, not the letter above it.
    const grip = { x: event.clientX - left - at.x, y: event.clientY - top - at.y }
    dragged = { end, grip, fixed: props.span[end === 'from' ? 'to' : 'from'] }
  }
  function move(event: PointerEvent): void {
    if (!dragged) return
    const grid = props.screen.grid()
    const { grip, fixed } = dragged
    const nudge = dragged.end === 'to' ? -1 : 1
    const at = { x: event.clientX - grip.x + nudge, y: event.clientY - grip.y - 1 }
    if (at.y < grid.box.top) props.screen.xterm.scrollLines(-1)
    if (at.y > grid.box.top + grid.box.height) props.screen.xterm.scrollLines(1)
    props.onSpan(between(fixed, cellAt(at, props.screen.grid())))
  }

  return (
    <>
      {layer}
      <For each={ENDS}>
        {(end) => (
          <div
            class={`handle ${end}`}
            aria-hidden="true"
            hidden={!corner(end)}
            style={{ left: `${corner(end)?.x ?? 0}px`, top: `${corner(end)?.y ?? 0}px` }}
            onPointerDown={(event) => down(end, event)}
            onPointerMove={move}
            onPointerUp={() => (dragged = undefined)}
            onPointerCancel={() => (dragged = undefined)}
          />
        )}
      </For>
    </>
  )
}

/** Shows a span as xterm's own selection. */
export function show(screen: Screen, span: Span): void {
  screen.xterm.select(span.from.column, span.from.row, lengthOf(span, screen.xterm.cols))
}
