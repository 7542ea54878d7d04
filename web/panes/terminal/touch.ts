// Fingers on a terminal: one pans, and its speed outlives it; two change the letter size; a still one holds. It knows no xterm.

export interface Point {
  /** CSS pixels in the window. */
  readonly x: number
  readonly y: number
}

export interface TouchEvents {
  /** The finger, or its momentum, moved by so many pixels. */
  pan(by: Point, at: Point): void
  /** Two fingers are now so many times as far apart as at first. */
  pinch(ratio: number): void
  pinched(): void
  /** A finger stayed where it is. */
  hold(at: Point): void
}

/** Milliseconds until a still finger holds: Android's own. */
const HOLD_MS = 500
/** Pixels that a finger trembles. */
const SLOP = 8
/** Only the last so many milliseconds say how fast a finger was. */
const SPEED_MS = 100
/** Milliseconds in which momentum falls to a third, as UIScrollView's does. */
const DECAY_MS = 325
/** Pixels per millisecond at which momentum ends. */
const STILL = 0.02

/** How fast a finger left, in pixels per millisecond. */
export function speedOf(trail: readonly (Point & { at: number })[], now: number): Point {
  const recent = trail.filter(({ at }) => now - at <= SPEED_MS)
  const [first, last] = [recent[0], recent.at(-1)]
  if (!first || !last || last.at === first.at) return { x: 0, y: 0 }
  const ms = last.at - first.at
  return { x: (last.x - first.x) / ms, y: (last.y - first.y) / ms }
}

/** What remains of a speed after so many milliseconds; undefined once it is too slow to be seen. */
export function slowed(speed: Point, ms: number): Point | undefined {
  const left = Math.exp(-ms / DECAY_MS)
  const next = { x: speed.x * left, y: speed.y * left }
  return Math.hypot(next.x, next.y) < STILL ? undefined : next
}

/** Follows the fingers on `place`, which must have `touch-action: none`. Answers how to stop. */
export function followTouches(place: HTMLElement, events: TouchEvents): () => void {
  const fingers = new Map<number, Point>()
  let trail: (Point & { at: number })[] = []
  let start: Point | undefined
  let moved = false
  let apart = 0
  let holding: ReturnType<typeof setTimeout> | undefined
  let frame = 0

  function down(event: PointerEvent): void {
    if (event.pointerType !== 'touch') return
    cancelAnimationFrame(frame)
    clearTimeout(holding)
    fingers.set(event.pointerId, pointOf(event))
    if (fingers.size === 2) apart = distance(fingers)
    if (fingers.size !== 1) return
    start = pointOf(event)
    moved = false
    trail = [{ ...start, at: event.timeStamp }]
    holding = setTimeout(() => held(event), HOLD_MS)
  }
  function held(event: PointerEvent): void {
    moved = true
    start = undefined
    events.hold(pointOf(event))
  }
  function move(event: PointerEvent): void {
    const before = fingers.get(event.pointerId)
    if (!before) return
    const now = pointOf(event)
    fingers.set(event.pointerId, now)
    if (fingers.size === 2 && apart > 0) return pinch()
    if (fingers.size !== 1 || !start) return
    trail.push({ ...now, at: event.timeStamp })
    if (!moved && Math.hypot(now.x - start.x, now.y - start.y) < SLOP) return
    const from = moved ? before : start
    moved = true
    clearTimeout(holding)
    events.pan({ x: now.x - from.x, y: now.y - from.y }, now)
  }
  function pinch(): void {
    moved = true
    start = undefined
    events.pinch(distance(fingers) / apart)
  }
  function up(event: PointerEvent): void {
    const last = fingers.get(event.pointerId)
    if (!last) return
    clearTimeout(holding)
    fingers.delete(event.pointerId)
    if (apart > 0 && fingers.size < 2) {
      apart = 0
      events.pinched()
    }
    if (fingers.size === 0 && start && moved && !calm()) glide(speedOf(trail, event.timeStamp), last)
  }
  function glide(speed: Point, at: Point): void {
    let last = performance.now()
    const step = (now: number) => {
      const ms = now - last
      last = now
      const next = slowed(speed, ms)
      if (!next) return
      speed = next
      events.pan({ x: speed.x * ms, y: speed.y * ms }, at)
      frame = requestAnimationFrame(step)
    }
    frame = requestAnimationFrame(step)
  }
  /** The mouse that a browser makes of a finger comes after the finger: only a tap's is meant. */
  function mouse(event: MouseEvent): void {
    if (!moved) return
    event.preventDefault()
    event.stopPropagation()
  }

  const stop = new AbortController()
  const on = { signal: stop.signal }
  place.addEventListener('pointerdown', down, on)
  addEventListener('pointermove', move, on)
  addEventListener('pointerup', up, on)
  addEventListener('pointercancel', up, on)
  place.addEventListener('touchend', (event) => moved && event.preventDefault(), { ...on, passive: false })
  place.addEventListener('contextmenu', mouse, { ...on, capture: true })
  return () => {
    stop.abort()
    clearTimeout(holding)
    cancelAnimationFrame(frame)
  }
}

const pointOf = ({ clientX, clientY }: MouseEvent): Point => ({ x: clientX, y: clientY })
const calm = () => matchMedia('(prefers-reduced-motion: reduce)').matches

function distance(fingers: ReadonlyMap<number, Point>): number {
  const [one, two] = [...fingers.values()]
  return one && two ? Math.hypot(one.x - two.x, one.y - two.y) : 0
}
