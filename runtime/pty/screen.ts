// Draws a terminal from its recorder when somebody attaches: an emulator lives for that moment only. It never runs on the
// path of live bytes, and never lets a hostile count hold the process.
import serialize from '@xterm/addon-serialize'
import graphemes from '@xterm/addon-unicode-graphemes'
import xterm from '@xterm/headless'
import type { Terminal } from '@xterm/headless'
import { unfinished } from '#dsl/text/utf8.ts'
import type { Recorder } from './recorder.ts'

/** Lines above the screen that a snapshot carries: as many as the page keeps. */
export const SCROLLBACK = 10_000
/** Characters of a snapshot; one that a program made larger by a colour a letter carries fewer lines. */
const SCREEN_MAX = 4_194_304
const PIECE = 65_536
/** More than any screen: a larger count of lines or cells is an attack on the parser. */
const COUNT_MAX = 10_000
/** Private modes (DECSET) that the serializer leaves out: cursor shown, mouse encodings, synchronized focus. */
const LEFT_OUT = [25, 1005, 1006, 1015, 1016]

/** VT text that draws the terminal at `cursor`; bytes from `cursor` on continue it. */
export interface Screen {
  readonly screen: string
  readonly cursor: number
}

/** `before` sets what the bytes that left the ring had set: modes above all. */
export async function drawScreen(recorder: Recorder, before: string): Promise<Screen> {
  const { cols = 80, rows = 24 } = recorder.marks(recorder.start)[0] ?? {}
  const terminal = new xterm.Terminal({ cols, rows, scrollback: SCROLLBACK, allowProposedApi: true })
  const addon = new serialize.SerializeAddon()
  terminal.loadAddon(addon)
  // A browser measures emoji by it, and a snapshot must break lines where the browser would.
  terminal.loadAddon(new graphemes.UnicodeGraphemesAddon())
  const extra = watch(terminal)
  try {
    await write(terminal, before)
    const cursor = await feed(terminal, recorder)
    return { screen: serialized(addon) + extra(), cursor }
  } finally {
    terminal.dispose()
  }
}

function serialized(addon: serialize.SerializeAddon): string {
  for (let scrollback = SCROLLBACK; scrollback > 0; scrollback = Math.floor(scrollback / 4)) {
    const screen = addon.serialize({ scrollback })
    if (screen.length <= SCREEN_MAX) return screen
  }
  return addon.serialize({ scrollback: 0 })
}

/** Feeds what is kept, sizes included, up to the moment it has caught up. */
async function feed(terminal: Terminal, recorder: Recorder): Promise<number> {
  let cursor = recorder.start
  const goal = recorder.end
  for (;;) {
    // Bytes that left the ring meanwhile were older than what a screen can show.
    cursor = Math.max(cursor, recorder.start)
    const marks = recorder.marks(cursor)
    const size = marks.findLast((mark) => mark.at <= cursor)
    if (size && (size.cols !== terminal.cols || size.rows !== terminal.rows))
      terminal.resize(size.cols, size.rows)
    if (cursor >= goal) return cursor
    const next = marks.find((mark) => mark.at > cursor)?.at ?? goal
    const bytes = recorder.read(cursor, Math.min(PIECE, next - cursor, goal - cursor))
    const isLast = cursor + bytes.length >= goal && next === goal && marks.at(-1)?.at !== goal
    const whole = bytes.length - unfinished(bytes)
    // What a piece breaks off comes with the next one; what the last breaks off, the reader's own bytes finish.
    const taken = whole === 0 && !isLast ? bytes.length : whole
    await write(terminal, bytes.subarray(0, taken))
    cursor += taken
    if (isLast) return cursor
  }
}

function write(terminal: Terminal, data: string | Uint8Array): Promise<void> {
  return new Promise((resolve) => terminal.write(data, resolve))
}

/** Caps counts, and remembers what the serializer leaves out; the answer is VT text to set it again. */
function watch(terminal: Terminal): () => string {
  const modes = new Map<number, boolean>()
  let region: readonly [number, number] | undefined
  const { parser } = terminal
  for (const final of ['@', 'L', 'M', 'P', 'S', 'T', 'X', 'b', 'I', 'Z'])
    parser.registerCsiHandler({ final }, ([count]) => typeof count === 'number' && count > COUNT_MAX)
  for (const final of ['h', 'l'])
    parser.registerCsiHandler({ prefix: '?', final }, (params) => {
      for (const mode of params) if (typeof mode === 'number') modes.set(mode, final === 'h')
      return false
    })
  parser.registerCsiHandler({ final: 'r' }, ([top, bottom]) => {
    region = [Number(top) || 1, Number(bottom) || terminal.rows]
    return false
  })
  const reset = () => {
    modes.clear()
    region = undefined
    return false
  }
  parser.registerEscHandler({ final: 'c' }, reset)
  parser.registerCsiHandler({ intermediates: '!', final: 'p' }, reset)
  terminal.onResize(() => (region = undefined))
  return () => {
    const { cursorX, cursorY } = terminal.buffer.active
    const whole = !region || (region[0] === 1 && region[1] >= terminal.rows)
    const scroll =
      whole || !region ? '' : `\x1b[${region[0]};${region[1]}r\x1b[${cursorY + 1};${cursorX + 1}H`
    return (
      scroll +
      LEFT_OUT.filter((mode) => modes.has(mode))
        .map((mode) => setMode(mode, modes))
        .join('')
    )
  }
}

function setMode(mode: number, modes: ReadonlyMap<number, boolean>): string {
  return `\x1b[?${mode}${modes.get(mode) ? 'h' : 'l'}`
}
