// What a call's events leave for its answer: the beginning and the end of them, never more than a bound. It sends nothing.

/** Characters of events that one answer holds; of more, the middle is left out. */
export const EVENTS_MAX = 65_536

/** Words of a program or a model, as opposed to news about it. */
export interface Words {
  readonly type: string
  readonly data: string
}

export interface Kept {
  take(event: unknown): void
  /** The events in order, words of one kind joined; `left` characters are missing behind the first `head` of them. */
  result(): { readonly events: readonly unknown[]; readonly head: number; readonly left: number }
}

export function keepEnds(max = EVENTS_MAX): Kept {
  const half = max / 2
  const head: unknown[] = []
  const tail: unknown[] = []
  let room = half
  let tailSize = 0
  let left = 0

  function trim(): void {
    while (tailSize > half) {
      const over = tailSize - half
      const front = tail[0]
      const size = sizeOf(front)
      const lost = isWords(front) && size > over ? boundary(front.data, over, 1) : size
      if (isWords(front) && lost < size) tail[0] = { ...front, data: front.data.slice(lost) }
      else tail.shift()
      tailSize -= lost
      left += lost
    }
  }

  return {
    take(event) {
      if (isWords(event) && event.data === '') return
      const [first, rest] = split(event, room)
      if (first !== undefined) append(head, first)
      room -= sizeOf(first)
      if (rest === undefined) return
      room = 0
      append(tail, rest)
      tailSize += sizeOf(rest)
      // Not at every event: each trim copies what it keeps.
      if (tailSize > max) trim()
    },
    result() {
      trim()
      if (left > 0) return { events: [...head, ...tail], head: head.length, left }
      const events = [...head]
      for (const event of tail) append(events, event)
      return { events, head: events.length, left }
    },
  }
}

export function isWords(event: unknown): event is Words {
  const { type, data } = (event ?? {}) as { type?: unknown; data?: unknown }
  return typeof type === 'string' && typeof data === 'string'
}

function sizeOf(event: unknown): number {
  if (event === undefined) return 0
  return isWords(event) ? event.data.length : JSON.stringify(event).length
}

/** What fits into `room`, and what does not. Only words can be cut. */
function split(event: unknown, room: number): [unknown, unknown] {
  if (sizeOf(event) <= room) return [event, undefined]
  if (!isWords(event)) return [undefined, event]
  const at = boundary(event.data, room, -1)
  if (at === 0) return [undefined, event]
  return [
    { ...event, data: event.data.slice(0, at) },
    { ...event, data: event.data.slice(at) },
  ]
}

/** `at`, or the next place in that direction where that would cut a character in two. */
function boundary(text: string, at: number, direction: 1 | -1): number {
  return /[\uD800-\uDBFF]/.test(text[at - 1] ?? '') ? at + direction : at
}

function append(events: unknown[], event: unknown): void {
  const last = events.at(-1)
  if (isWords(last) && isWords(event) && last.type === event.type)
    events[events.length - 1] = { ...last, data: last.data + event.data }
  else events.push(event)
}
