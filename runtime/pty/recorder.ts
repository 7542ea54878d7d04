// The recent output of one terminal as a ring of bytes with absolute offsets. It never interprets a byte.
import type { Size } from '#dsl/powers/pty.ts'

/** Bytes kept per terminal: more than a screen's whole scrollback of ordinary text. */
export const RING_MAX = 2 * 1024 * 1024
/** The ring starts small and doubles, so that an idle terminal costs next to nothing. */
const RING_MIN = 4096
/**
 * So much enters and leaves the ring at once: what is looked at for longer keeps the kernel waiting, whose terminal holds
 * 4 KiB.
 */
const PART = 16_384

export interface ResizeMark extends Size {
  /** Offset of the first byte that was written at this size. */
  readonly at: number
}

export interface Recorder {
  /** Offset of the oldest kept byte, and of the next one to come. */
  readonly start: number
  readonly end: number
  append(bytes: Uint8Array): void
  /** A copy of the kept bytes from `from` on, at most `length`. */
  read(from: number, length: number): Uint8Array
  /** Fills `into` with the kept bytes from `from` on, as many as fit: there must be so many. */
  copy(from: number, into: Uint8Array): void
  mark(size: Size): void
  /** The size at `offset` and every change after it. */
  marks(offset: number): readonly ResizeMark[]
}

/** `evict` is handed a view of the bytes that are about to leave the ring, oldest first. */
export function recorder(first: Size, evict: (bytes: Uint8Array, at: number) => void): Recorder {
  let ring = new Uint8Array(0)
  let start = 0
  let end = 0
  let marks: ResizeMark[] = [{ at: 0, ...first }]

  function grow(wanted: number): void {
    if (wanted <= ring.length || ring.length === RING_MAX) return
    const kept = read(start, end - start)
    let capacity = Math.max(ring.length, RING_MIN)
    while (capacity < wanted && capacity < RING_MAX) capacity *= 2
    ring = new Uint8Array(capacity)
    place(kept, start)
  }

  function place(bytes: Uint8Array, offset: number): void {
    const at = offset % ring.length
    const head = Math.min(bytes.length, ring.length - at)
    if (head === bytes.length) return ring.set(bytes, at)
    ring.set(bytes.subarray(0, head), at)
    ring.set(bytes.subarray(head), 0)
  }

  function read(from: number, length: number): Uint8Array {
    const bytes = new Uint8Array(Math.max(0, Math.min(length, end - from)))
    if (bytes.length > 0) copy(from, bytes)
    return bytes
  }

  function copy(from: number, into: Uint8Array): void {
    const at = from % ring.length
    const head = Math.min(into.length, ring.length - at)
    into.set(ring.subarray(at, at + head))
    if (head < into.length) into.set(ring.subarray(0, into.length - head), head)
  }

  function makeRoom(wanted: number): void {
    if (end - start + wanted <= ring.length) return
    const count = Math.min(end - start, PART)
    const at = start % ring.length
    const head = Math.min(count, ring.length - at)
    evict(ring.subarray(at, at + head), start)
    if (head < count) evict(ring.subarray(0, count - head), start + head)
    start += count
    const current = marks.findLastIndex((mark) => mark.at <= start)
    marks = marks.slice(Math.max(0, current))
  }

  function appendPart(bytes: Uint8Array): void {
    grow(end - start + bytes.length)
    makeRoom(bytes.length)
    place(bytes, end)
    end += bytes.length
  }

  return {
    get start() {
      return start
    },
    get end() {
      return end
    },
    append(bytes) {
      if (bytes.length <= PART) return appendPart(bytes)
      for (let at = 0; at < bytes.length; at += PART) appendPart(bytes.subarray(at, at + PART))
    },
    read,
    copy,
    mark(size) {
      marks.push({ at: end, ...size })
    },
    marks(offset) {
      const current = marks.findLastIndex((mark) => mark.at <= offset)
      return marks.slice(Math.max(0, current))
    },
  }
}
