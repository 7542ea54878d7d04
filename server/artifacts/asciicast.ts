// A recording of what a terminal showed, in the format of asciinema's players. It holds output only: what was typed may be
// a secret. Source: docs.asciinema.org/manual/asciicast/v2.
import type { Screen } from './keeper.ts'

/** Bytes of one recording. */
export const CAST_MAX = 16 * 1_048_576
export const CAST_NOTE = '\r\n[chispart] This recording has reached its limit. The log has the rest.\r\n'
/** What a sandbox's runtime sets. */
const ENV = { SHELL: '/bin/bash', TERM: 'xterm-256color' }
/** Room for the note and its time. */
const NOTE_ROOM = 200

export interface Written {
  readonly writtenAt: Date
  readonly bytes: Uint8Array
}

/**
 * The lines of a recording that begins with the first bytes; none when there are none. Characters may lie across two
 * pieces. A clock that goes back stands still here.
 */
export async function* asciicast(
  { title, cols, rows }: Screen & { readonly title: string },
  pieces: AsyncIterable<Written>,
  max = CAST_MAX,
): AsyncGenerator<Buffer> {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  let began: number | undefined
  let now = 0
  let size = 0
  const event = (text: string) => Buffer.from(`${JSON.stringify([now / 1000, 'o', text])}\n`)
  for await (const { writtenAt, bytes } of pieces) {
    if (began === undefined) {
      began = writtenAt.getTime()
      const timestamp = Math.floor(began / 1000)
      const header = { version: 2, width: cols, height: rows, timestamp, title, env: ENV }
      yield Buffer.from(`${JSON.stringify(header)}\n`)
    }
    now = Math.max(now, writtenAt.getTime() - began)
    const text = decoder.decode(bytes, { stream: true })
    if (text === '') continue
    const line = event(text)
    size += line.length
    if (size > max - NOTE_ROOM) return yield event(CAST_NOTE)
    yield line
  }
  const rest = decoder.decode()
  if (rest !== '') yield event(rest)
}
