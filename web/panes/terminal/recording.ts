// A recording as a player takes it: the size of the screen, and what was written when. It draws nothing, and trusts nothing.
// Source: docs.asciinema.org/manual/asciicast/v2.
import { z } from 'zod'
import type { Size } from '#dsl/powers/pty.ts'

/** Seconds that nothing happens, at most: nobody wants to watch a compiler think. */
export const PAUSE_MAX = 2

const Header = z.object({
  version: z.literal(2),
  width: z.int().min(1).max(1000),
  height: z.int().min(1).max(500),
})
const Event = z.tuple([z.number().min(0), z.string(), z.string()])

export interface Written {
  /** Seconds since its begin, with long pauses shortened. */
  readonly at: number
  readonly text: string
}

export interface Recording {
  readonly size: Size
  readonly seconds: number
  /** In order of time. */
  readonly events: readonly Written[]
}

/** Undefined when it is no recording. A last line that was cut off is left out, and so is what was typed. */
export function readRecording(text: string): Recording | undefined {
  const [first = '', ...lines] = text.split('\n')
  const header = Header.safeParse(jsonOf(first))
  if (!header.success) return undefined
  const events: Written[] = []
  let at = 0
  let before = 0
  for (const line of lines) {
    const event = Event.safeParse(jsonOf(line))
    if (!event.success) continue
    const [now, kind, written] = event.data
    at += Math.min(Math.max(0, now - before), PAUSE_MAX)
    before = Math.max(before, now)
    if (kind === 'o') events.push({ at, text: written })
  }
  const { width: cols, height: rows } = header.data
  return { size: { cols, rows }, seconds: events.at(-1)?.at ?? 0, events }
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}
