// The lines of a log that hold some text, while the log grows: each line is looked at once. It never reads colours as text.
import { plainOf } from './ansi.ts'
import type { LogLines } from './lines.ts'

/** Answers their numbers, in order; case does not count. Undefined when nothing is wanted. */
export function createSearch(lines: LogLines): (wanted: string) => readonly number[] | undefined {
  let found: number[] = []
  let needle = ''
  let seen = 0

  function look(until: number, pattern: RegExp): void {
    const first = lines.first()
    if ((found[0] ?? first) < first) found = found.filter((number) => number >= first)
    for (let number = Math.max(seen + 1, first); number <= until; number += 1)
      if (holds(lines.text(number), pattern)) found.push(number)
    seen = until
  }

  return (now) => {
    if (now === '') return undefined
    if (now !== needle) [needle, found, seen] = [now, [], 0]
    const pattern = new RegExp(now.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&'), 'i')
    look(lines.finished(), pattern)
    const isOpen = lines.last() > lines.finished() && holds(lines.text(lines.last()), pattern)
    return isOpen ? [...found, lines.last()] : [...found]
  }
}

/** Index of the first of ascending numbers that is not below `number`. */
export function placeIn(numbers: readonly number[], number: number): number {
  let [low, high] = [0, numbers.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((numbers[middle] ?? number) < number) low = middle + 1
    else high = middle
  }
  return low
}

// eslint-disable-next-line no-control-regex
const LOOKS = /[\x1b\r]/

function holds(text: string, pattern: RegExp): boolean {
  return pattern.test(LOOKS.test(text) ? plainOf(text) : text)
}
