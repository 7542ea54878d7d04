// How large a sheet is drawn in its box, and which part of it is in sight: by wheel, pinch, drag and keys. One finger and
// the arrow keys scroll the box as any other; it never takes those from the browser.
import { createSignal, onCleanup } from 'solid-js'
import type { Accessor } from 'solid-js'

export interface Size {
  readonly width: number
  readonly height: number
}

export interface Area extends Size {
  readonly x: number
  readonly y: number
}

interface Spot {
  readonly clientX: number
  readonly clientY: number
}

export const ZOOM_MAX = 2
/** By one press of a key or a button. */
const STEP = 1.25
/** Pixels that a mouse moves before it drags instead of pressing. */
const DRAG_PX = 4

export interface Zoom {
  /** 1 is the size that the sheet was made for. */
  readonly zoom: Accessor<number>
  /** To be called with the box that scrolls. */
  attach(box: HTMLElement): void
  larger(): void
  smaller(): void
  /** All of the sheet. */
  fit(): void
  /** An area of the sheet in the middle, at its own size. */
  show(area: Area): void
  /** The same, unless it is in sight already. */
  reveal(area: Area): void
  key(event: KeyboardEvent): void
}

/** `sheet`: its size at zoom 1; the first child of the box is as large as it is drawn. */
export function createZoom(sheet: Accessor<Size>): Zoom {
  const [zoom, setZoom] = createSignal(1)
  let box: HTMLElement | undefined

  const fitting = () =>
    box ? Math.min(1, box.clientWidth / sheet().width, box.clientHeight / sheet().height) : 1
  const middle = (): Spot => {
    const { left = 0, top = 0, width = 0, height = 0 } = box?.getBoundingClientRect() ?? {}
    return { clientX: left + width / 2, clientY: top + height / 2 }
  }

  /** What is at the spot stays there. */
  function zoomTo(wanted: number, spot = middle()): void {
    const room = box?.firstElementChild
    if (!box || !room) return
    const before = room.getBoundingClientRect()
    const was = zoom()
    const next = Math.min(ZOOM_MAX, Math.max(fitting(), wanted))
    setZoom(next)
    const after = room.getBoundingClientRect()
    box.scrollLeft += after.left - spot.clientX + ((spot.clientX - before.left) * next) / was
    box.scrollTop += after.top - spot.clientY + ((spot.clientY - before.top) * next) / was
  }

  function show({ x, y, width, height }: Area): void {
    if (!box) return
    box.scrollTo(
      (x + width / 2) * zoom() - box.clientWidth / 2,
      (y + height / 2) * zoom() - box.clientHeight / 2,
    )
  }
  function isInSight({ x, y, width, height }: Area): boolean {
    if (!box) return true
    const [left, top] = [x * zoom() - box.scrollLeft, y * zoom() - box.scrollTop]
    const [right, bottom] = [left + width * zoom(), top + height * zoom()]
    return left >= 0 && top >= 0 && right <= box.clientWidth && bottom <= box.clientHeight
  }

  function wheeled(event: WheelEvent): void {
    // A pinch on a touchpad comes as a wheel with Ctrl.
    if (!event.ctrlKey && !event.metaKey) return
    event.preventDefault()
    zoomTo(zoom() * Math.exp(-event.deltaY / 300), event)
  }

  function listen(element: HTMLElement): void {
    const gone = new AbortController()
    const { signal } = gone
    element.addEventListener('wheel', wheeled, { passive: false, signal })
    pinches(element, { zoom, zoomTo, signal })
    drags(element, signal)
    onCleanup(() => gone.abort())
  }

  return {
    zoom,
    attach(element) {
      box = element
      listen(element)
    },
    larger: () => zoomTo(zoom() * STEP),
    smaller: () => zoomTo(zoom() / STEP),
    fit: () => zoomTo(0),
    show(area) {
      zoomTo(1)
      show(area)
    },
    reveal: (area) => void (isInSight(area) || show(area)),
    key(event) {
      if (event.ctrlKey || event.metaKey || event.altKey) return
      if (event.key === '+' || event.key === '=') zoomTo(zoom() * STEP)
      else if (event.key === '-') zoomTo(zoom() / STEP)
      else if (event.key === '0') zoomTo(0)
      else return
      event.preventDefault()
    },
  }
}

interface Pinching {
  readonly zoom: Accessor<number>
  readonly zoomTo: (zoom: number, spot: Spot) => void
  readonly signal: AbortSignal
}

function pinches(element: HTMLElement, { zoom, zoomTo, signal }: Pinching): void {
  let last: number | undefined
  const apart = ([a, b]: TouchList) => (a && b ? Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY) : 0)
  function moved(event: TouchEvent): void {
    const [a, b] = event.touches
    if (event.touches.length !== 2 || !a || !b) return
    if (event.cancelable) event.preventDefault()
    const now = apart(event.touches)
    const spot = { clientX: (a.clientX + b.clientX) / 2, clientY: (a.clientY + b.clientY) / 2 }
    if (last !== undefined && last > 0) zoomTo((zoom() * now) / last, spot)
    last = now
  }
  const ended = () => (last = undefined)
  element.addEventListener('touchstart', moved, { passive: false, signal })
  element.addEventListener('touchmove', moved, { passive: false, signal })
  element.addEventListener('touchend', ended, { signal })
  element.addEventListener('touchcancel', ended, { signal })
}

/** By mouse alone: a finger scrolls without help. */
function drags(element: HTMLElement, signal: AbortSignal): void {
  let from: { x: number; y: number; left: number; top: number } | undefined
  element.addEventListener(
    'pointerdown',
    ({ pointerType, button, clientX, clientY }) => {
      if (pointerType !== 'mouse' || button !== 0) return
      from = { x: clientX, y: clientY, left: element.scrollLeft, top: element.scrollTop }
    },
    { signal },
  )
  element.addEventListener(
    'pointermove',
    ({ clientX, clientY, pointerId }) => {
      if (!from) return
      const [x, y] = [clientX - from.x, clientY - from.y]
      // Captured by the box, the press is no longer one of a step below it.
      if (Math.hypot(x, y) > DRAG_PX) element.setPointerCapture(pointerId)
      if (element.hasPointerCapture(pointerId)) element.scrollTo(from.left - x, from.top - y)
    },
    { signal },
  )
  const ended = () => (from = undefined)
  element.addEventListener('pointerup', ended, { signal })
  element.addEventListener('pointercancel', ended, { signal })
}
