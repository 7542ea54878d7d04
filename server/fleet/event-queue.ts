// Events of one call on their way to its caller: in order, one after the other. It never joins what it is not told to, nor
// hands on an event behind one that was refused.
import type { EventPlace } from './link.ts'

/** Characters of text that are joined to one event. */
export const JOINED_MAX = 262_144

export interface Waiting {
  readonly event: unknown
  readonly place: EventPlace
  /** What it costs to let it wait. */
  readonly bytes: number
}

export interface EventQueue {
  add(waiting: Waiting): void
  /** Of the events that wait. */
  readonly bytes: number
  /** Resolves when all that was added is taken; rejects with what the first refusal said. */
  idle(): Promise<void>
}

interface Text {
  readonly type: unknown
  readonly data: string
}

/**
 * Texts of one kind that wait together reach `take` as one event: a program that writes line by line then costs its reader
 * one step for many lines. Events that are told apart by their place keep it: `at` is that of the first, `n` of the last.
 */
export function createEventQueue(
  take: (event: unknown, place: EventPlace) => Promise<void>,
  { joins }: { readonly joins: boolean },
): EventQueue {
  let waiting: Waiting[] = []
  let bytes = 0
  let running: Promise<void> | undefined

  async function run(): Promise<void> {
    while (waiting.length > 0) {
      const all = waiting
      waiting = []
      const groups = joins ? joined(all) : all
      for (const { event, place, bytes: size } of groups) {
        await take(event, place)
        bytes -= size
      }
    }
    running = undefined
  }

  return {
    add(one) {
      bytes += one.bytes
      waiting.push(one)
      if (running !== undefined) return
      // A moment later, so that what came in the same packet waits together.
      running = Promise.resolve().then(run)
      running.catch(() => undefined)
    },
    get bytes() {
      return bytes
    },
    idle: () => running ?? Promise.resolve(),
  }
}

function joined(all: readonly Waiting[]): Waiting[] {
  const groups: Waiting[][] = []
  let length = 0
  for (const one of all) {
    const group = groups.at(-1)
    const before = group?.at(-1)
    const text = textOf(one.event)
    const fits = length + (text?.data.length ?? 0) <= JOINED_MAX
    // Who joins anew is told the start again, and then what it does not have: between the two something is missing.
    const follows = before?.place.n === one.place.n - 1
    if (group && follows && text && fits && textOf(before.event)?.type === text.type) {
      group.push(one)
      length += text.data.length
    } else {
      groups.push([one])
      length = text?.data.length ?? 0
    }
  }
  return groups.map(asOne)
}

function asOne(group: readonly Waiting[]): Waiting {
  const [first, last] = [group[0], group.at(-1)]
  if (first === undefined || last === undefined || first === last) return first as Waiting
  const data = group.map(({ event }) => (event as Text).data).join('')
  return {
    event: { type: (first.event as Text).type, data },
    place: { n: last.place.n, at: first.place.at },
    bytes: group.reduce((sum, { bytes }) => sum + bytes, 0),
  }
}

/** Undefined for an event that says more than its text, which must not be lost. */
function textOf(event: unknown): Text | undefined {
  if (typeof event !== 'object' || event === null || Object.keys(event).length !== 2) return undefined
  const { type, data } = event as Partial<Text>
  return type !== undefined && typeof data === 'string' ? { type, data } : undefined
}
