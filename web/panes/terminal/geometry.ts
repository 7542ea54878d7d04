// Whose size a terminal has: it follows the client that typed last. This client asks for its own size only while the
// terminal is its own or it types.
import type { Size } from '#dsl/powers/pty.ts'

/** Milliseconds between two wishes while a window is being dragged. */
const SETTLE_MS = 80

export interface GeometryEvents {
  /** The terminal has this many cells now. */
  draw(size: Size): void
  foreign(foreign: boolean): void
  /** Wishes for a size. */
  ask(size: Size): Promise<unknown>
}

export interface Geometry {
  /** Cells that fit here. */
  own(): Size
  /** The server says how large the terminal is. */
  is(size: Size): void
  /** Other cells fit here now. */
  fit(size: Size): void
  /** This client types: the terminal becomes its own. */
  claim(): void
  close(): void
}

export function createGeometry(initial: Size, events: GeometryEvents): Geometry {
  let own = initial
  let actual = initial
  let mine = true
  let timer: ReturnType<typeof setTimeout> | undefined
  let asking = 0

  function belongs(now: boolean): void {
    if (mine === now) return
    mine = now
    events.foreign(!now)
  }
  function ask(): void {
    timer = undefined
    asking += 1
    // A wish that fails is repeated by the next attachment.
    void events
      .ask(own)
      .catch(() => undefined)
      .finally(() => {
        asking -= 1
        settle()
      })
  }
  /** Sizes heard while a wish is under way are older than the wish. */
  function settle(): void {
    if (timer !== undefined || asking > 0) return
    events.draw(actual)
    belongs(same(actual, own))
  }
  function wish(): void {
    belongs(true)
    events.draw(own)
    timer ??= setTimeout(ask, SETTLE_MS)
  }

  return {
    own: () => own,
    is(size) {
      actual = size
      settle()
    },
    fit(size) {
      if (same(size, own)) return
      own = size
      if (mine) wish()
    },
    claim() {
      if (!mine) wish()
    },
    close: () => clearTimeout(timer),
  }
}

function same(a: Size, b: Size): boolean {
  return a.cols === b.cols && a.rows === b.rows
}
