// Puts a mark in the place of secrets, in a text that comes in pieces: what is shown is the same wherever it is cut. A mark is as
// long as what it hides, so that every other byte stays where it was. It keeps no text.
import { createAutomaton } from './automaton.ts'
import type { Automaton } from './automaton.ts'
import { BROKEN_AFTER, formsOf } from './forms.ts'

export interface KnownSecret {
  readonly value: string
  /** What the mark says of it: the name of a variable, a fingerprint. */
  readonly label: string
}

export interface Passed {
  readonly shown: Uint8Array
  /** Bytes at the end that may be the beginning of a secret: to be given again, before what comes next. */
  readonly waiting: Uint8Array
}

export interface Redactor {
  pass(waiting: Uint8Array, fresh: Uint8Array): Passed
  /** Of bytes that nothing follows. */
  all(bytes: Uint8Array): Uint8Array
  text(text: string): string
}

/** Bytes that wait at most: more are there only where secrets overlap themselves again and again. */
const WAITING_MAX = 65_536
const NOTHING = new Uint8Array()
const [ESCAPE, BRACKET, CR, LF] = [0x1b, 0x5b, 0x0d, 0x0a]
/** Bytes of a control sequence that is one (ECMA-48, 5.4). */
const SEQUENCE_MAX = 32

/** Text without a secret goes through as it is, and so does a secret that is too short to be told from other text. */
export function createRedactor(secrets: readonly KnownSecret[]): Redactor {
  const patterns = secrets.flatMap(({ value, label }) => formsOf(value).map((bytes) => ({ bytes, label })))
  if (patterns.length === 0) return OPEN
  const automaton = createAutomaton(patterns)

  function all(bytes: Uint8Array): Uint8Array {
    return masked(bytes, search(automaton, bytes).finds)
  }

  return {
    pass(waiting, fresh) {
      const bytes = joined(waiting, fresh)
      const { finds, safe } = search(automaton, bytes)
      const shown = masked(bytes.subarray(0, safe), finds)
      return { shown, waiting: bytes.subarray(safe) }
    },
    all,
    text(text) {
      const bytes = Buffer.from(text)
      const shown = all(bytes)
      return shown === bytes ? text : Buffer.from(shown).toString()
    },
  }
}

const OPEN: Redactor = {
  pass: (waiting, fresh) => ({ shown: joined(waiting, fresh), waiting: NOTHING }),
  all: (bytes) => bytes,
  text: (text) => text,
}

function joined(waiting: Uint8Array, fresh: Uint8Array): Uint8Array {
  return waiting.length === 0 ? fresh : Buffer.concat([waiting, fresh])
}

/** A secret: its first and its last byte. */
interface Find {
  readonly from: number
  readonly to: number
  readonly label: string
  /** How it was read. */
  readonly skip: Skip
}

/** How many of the bytes from `at` on count for nothing; undefined when that is not known before more has come. */
type Skip = (bytes: Uint8Array, at: number) => number | undefined

interface Scanned {
  /** By their ends. */
  readonly finds: readonly Find[]
  /** Bytes that belong to no secret whose end is yet to come. */
  readonly safe: number
}

/** As the bytes are, and as a terminal shows them: either may have a secret that the other has not. */
function search(automaton: Automaton, bytes: Uint8Array): Scanned {
  const plain = scan(automaton, bytes, lineEnd)
  if (!bytes.includes(ESCAPE)) return plain
  const shown = scan(automaton, bytes, invisible)
  const finds = [...plain.finds, ...shown.finds].sort((a, b) => a.to - b.to || b.from - a.from)
  return { finds, safe: safeOf(bytes, finds, Math.min(plain.safe, shown.safe)) }
}

function scan(automaton: Automaton, bytes: Uint8Array, skip: Skip): Scanned {
  const { step, begun, found, label, longest } = automaton
  /** Where the last bytes are that count. */
  const places = new Int32Array(longest)
  const finds: Find[] = []
  let count = 0
  let state = 0
  const place = (back: number) => places[(count - back) % longest] ?? 0
  let at = 0
  for (; at < bytes.length; at++) {
    const skipped = skip(bytes, at)
    if (skipped === undefined) break
    if (skipped > 0) {
      if (lineEnd(bytes, at) > 0 && (begun[state] ?? 0) < BROKEN_AFTER) state = 0
      at += skipped - 1
      continue
    }
    state = step(state, bytes[at] ?? 0)
    places[count % longest] = at
    count += 1
    const size = found[state] ?? 0
    if (size > 0) finds.push({ from: place(size), to: at, label: label[state] ?? '', skip })
  }
  const held = begun[state] ?? 0
  return { finds, safe: safeOf(bytes, finds, held > 0 ? place(held) : Math.min(at, bytes.length)) }
}

/** A secret is shown when all of it is there. */
function safeOf({ length }: Uint8Array, finds: readonly Find[], until: number): number {
  const safe = finds.reduceRight((end, { from, to }) => (from < end && to >= end ? from : end), until)
  return length - safe > WAITING_MAX ? length : safe
}

/** Line ends, with which programs break a text, split no secret. */
const lineEnd = (bytes: Uint8Array, at: number) => (bytes[at] === CR || bytes[at] === LF ? 1 : 0)

/** Nor do control sequences, with which they colour it. */
const invisible: Skip = (bytes, at) => (bytes[at] === ESCAPE ? sequenceAt(bytes, at) : lineEnd(bytes, at))

/** Bytes of the control sequence; 1 for an escape that begins none. */
function sequenceAt(bytes: Uint8Array, at: number): number | undefined {
  if (at + 1 >= bytes.length) return undefined
  if (bytes[at + 1] !== BRACKET) return 1
  const last = Math.min(bytes.length, at + SEQUENCE_MAX)
  for (let next = at + 2; next < last; next++) {
    const byte = bytes[next] ?? 0
    if (byte >= 0x40 && byte <= 0x7e) return next + 1 - at
    if (byte < 0x20 || byte > 0x7e) return 1
  }
  return at + SEQUENCE_MAX <= bytes.length ? 1 : undefined
}

function masked(bytes: Uint8Array, finds: readonly Find[]): Uint8Array {
  if (finds.length === 0) return bytes
  const shown = Buffer.from(bytes)
  for (const find of finds) {
    if (find.to >= bytes.length) break
    const places = placesOf(bytes, find)
    const mark = markOf(places.length, find.label)
    for (const [n, place] of places.entries()) shown[place] = mark.charCodeAt(n)
  }
  return shown
}

function placesOf(bytes: Uint8Array, { from, to, skip }: Find): number[] {
  const places: number[] = []
  for (let at = from; at <= to; at++) {
    const skipped = skip(bytes, at) ?? 1
    if (skipped === 0) places.push(at)
    else at += skipped - 1
  }
  return places
}

/** `***[label]***`, in as many characters; stars alone where that has no room. */
function markOf(length: number, label: string): string {
  const said = `***[${label}]***`
  return said.length > length ? '*'.repeat(length) : said.padEnd(length, '*')
}
