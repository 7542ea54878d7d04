// A log as lines, while it grows: every line once, numbered from 1, read into pieces only when it is drawn. It never holds
// more lines than a browser can scroll through.
import { createSignal } from 'solid-js'
import { PLAIN, readLine } from './ansi.ts'
import type { Line, Style } from './ansi.ts'

/** Of a longer log the end is kept: browsers draw no element higher than some 17 million pixels. */
export const LINES_MAX = 800_000
/** Characters of one line that are drawn. */
export const LINE_MAX = 10_000

export interface LogLines {
  /** Takes text from where the last one ended. */
  add(text: string): void
  /** Number of the first line that is kept; a signal. */
  readonly first: () => number
  /** Number of the last line, finished or not; 0 for an empty log; a signal. */
  readonly last: () => number
  /** Number of the last line that stays as it is; a signal. */
  readonly finished: () => number
  /** Characters of the longest line, at most LINE_MAX; a signal. */
  readonly longest: () => number
  /** As it was printed, escapes and all. */
  text(number: number): string
  pieces(number: number): Line
}

export function createLines(max = LINES_MAX): LogLines {
  const [state, setState] = createSignal({ first: 1, finished: 0, tail: '', longest: 0 }, { equals: false })
  let lines: string[] = []
  /** Of lines that do not begin plain. */
  const styles = new Map<number, Style>()
  let first = 1
  let tail = ''
  let longest = 0
  let style = PLAIN

  function finish(line: string): void {
    const text = line.endsWith('\r') ? line.slice(0, -1) : line
    longest = Math.max(longest, Math.min(text.length, LINE_MAX))
    if (style !== PLAIN) styles.set(first + lines.length, style)
    lines.push(text)
    if (text.includes('\x1b')) style = settled(readLine(text, style).style)
  }

  /** In one go for many, so that each costs little. */
  function drop(): void {
    const many = lines.length - max
    if (many < max / 8) return
    lines = lines.slice(many)
    for (const number of styles.keys()) if (number < first + many) styles.delete(number)
    first += many
  }

  return {
    add(text) {
      const parts = text.split('\n')
      const [begun = '', ...more] = parts
      tail += begun
      for (const part of more) {
        finish(tail)
        tail = part
      }
      drop()
      longest = Math.max(longest, Math.min(tail.length, LINE_MAX))
      setState({ first, finished: first + lines.length - 1, tail, longest })
    },
    first: () => state().first,
    last: () => state().finished + (state().tail === '' ? 0 : 1),
    finished: () => state().finished,
    longest: () => state().longest,
    text: (number) => lines[number - first] ?? tail,
    pieces(number) {
      const text = lines[number - first] ?? tail
      const before = number - first < lines.length ? styles.get(number) : style
      return readLine(shortened(text), before ?? PLAIN).line
    },
  }
}

/** What a progress bar rewrote is never seen, and nobody reads ten thousand characters in a line. */
function shortened(text: string): string {
  if (text.length <= LINE_MAX) return text
  const shown = text.slice(text.lastIndexOf('\r', text.length - 2) + 1)
  return shown.length <= LINE_MAX ? shown : `${shown.slice(0, LINE_MAX)} …`
}

const settled = (style: Style): Style =>
  style.fg === undefined && style.bg === undefined && style.flags.size === 0 ? PLAIN : style
