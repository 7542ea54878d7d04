// What a terminal's program calls itself, read from its recorder when somebody asks. It never runs on the path of live
// bytes, and never hands on a control character.
import type { Recorder } from './recorder.ts'

/** OSC 0 and 2 (xterm, ctlseqs), ended by BEL or ST; a longer one is no title. */
const TITLES = /\x1b\](?:0|2);([^\x07\x1b]{0,1024})(?:\x07|\x1b\\)/g // eslint-disable-line no-control-regex
/** Bytes of a title that may still be open at the end of what is kept. */
const OPEN_MAX = 1100
const TITLE_MAX = 200

/** Answers the last title in what was kept since it was asked last, else the one before; '' until there is one. */
export function titleOf(kept: Recorder): () => string {
  let title = ''
  let seen = 0
  return () => {
    const from = Math.max(kept.start, seen - OPEN_MAX)
    if (kept.end === seen) return title
    const bytes = Buffer.from(kept.read(from, kept.end - from))
    seen = kept.end
    const last = [...bytes.toString('latin1').matchAll(TITLES)].at(-1)?.[1]
    if (last !== undefined) title = plain(Buffer.from(last, 'latin1').toString('utf8'))
    return title
  }
}

function plain(text: string): string {
  return text.replaceAll(/\p{C}/gu, '').slice(0, TITLE_MAX)
}
