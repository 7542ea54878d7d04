// One terminal as a page holds it: attached by cursor, attached again after every break, without a byte lost or drawn
// twice. It draws on a screen that it is given and never touches the DOM.
import { FAULTS, Fault, toFault } from '#dsl/fault.ts'
import type { Attachment, Size } from '#dsl/powers/pty.ts'
import { createJoiner } from '#dsl/text/utf8.ts'
import type { StreamNews } from '#dsl/wire/message.ts'
import type { Link } from '#web/link/link.ts'
import { inputTooLarge } from '#web/link/stream.ts'
import type { Stream } from '#web/link/stream.ts'
import { createGeometry } from './geometry.ts'
import { createHeld } from './held.ts'

export type TerminalState =
  | { readonly kind: 'attaching' }
  | { readonly kind: 'live' }
  /** The connection is gone; it comes back by itself. */
  | { readonly kind: 'waiting' }
  | { readonly kind: 'ended'; readonly exitCode: number }
  | { readonly kind: 'failed'; readonly fault: Fault }

/** What a terminal draws on. Everything is drawn in the order written. */
export interface TerminalScreen {
  write(data: string | Uint8Array, drawn?: () => void): void
  /** Changes the number of cells at once. */
  resize(size: Size): void
}

export interface TerminalOptions {
  readonly link: Pick<Link, 'call' | 'stream' | 'watch' | 'state'>
  readonly workspace: string
  readonly pty: string
  readonly screen: TerminalScreen
  /** Cells that fit where it is shown. */
  readonly size: Size
  /** Whether the workspace has not been stopped: attaching would start it again, against the will of who stopped it. */
  readonly stillRuns: () => Promise<boolean>
  readonly onState: (state: TerminalState) => void
  /** Whether the terminal is now as large as another client wants it, and not as fits here. */
  readonly onForeign: (foreign: boolean) => void
  /** Input was refused. */
  readonly onFault: (fault: Fault) => void
}

export interface Terminal {
  /** Keys and pastes, as text or as bytes. */
  type(input: string | Uint8Array): void
  /** The cells that fit have changed. */
  fit(size: Size): void
  /** Makes the terminal as large as fits here, whoever typed last. */
  claim(): void
  /** Tries again after a failure. */
  retry(): void
  /** Looks away; the program goes on. */
  close(): void
}

/** Wipes screen, scrollback and modes (RIS), in order with what is written around it. */
const RESET = '\x1bc'
const CTRL_C = '\x03'
const AGAIN_MS = 1000

const encoder = new TextEncoder()

export function openTerminal(options: TerminalOptions): Terminal {
  const { link, workspace, pty, screen } = options
  const closing = new AbortController()
  const held = createHeld()
  const joiner = createJoiner()
  let state: TerminalState = { kind: 'attaching' }
  let stream: Stream | undefined
  let cursor: number | undefined
  let again: ReturnType<typeof setTimeout> | undefined

  const geometry = createGeometry(options.size, {
    draw: (size) => screen.write('', () => screen.resize(size)),
    foreign: options.onForeign,
    ask: (size) => link.call('pty.resize', { workspace, pty, ...size }, { signal: closing.signal }),
  })

  function turn(next: TerminalState): void {
    state = next
    options.onState(next)
  }

  async function attach(): Promise<void> {
    clearTimeout(again)
    turn({ kind: 'attaching' })
    const from = cursor === undefined ? {} : { cursor }
    const input = { workspace, pty, ...from, ...geometry.own() }
    try {
      take(await link.call('pty.attach', input, { signal: closing.signal }))
    } catch (error) {
      if (!closing.signal.aborted) stumble(toFault(error))
    }
  }

  async function attachAgain(): Promise<void> {
    clearTimeout(again)
    const runs = await options.stillRuns().catch(() => false)
    if (closing.signal.aborted || state.kind !== 'waiting' || link.state() !== 'online') return
    if (runs) return attach()
    again = setTimeout(() => void attachAgain(), AGAIN_MS)
  }

  function take(attachment: Omit<Attachment, 'screen'> & { screen?: string | undefined }): void {
    geometry.is({ cols: attachment.cols, rows: attachment.rows })
    if (attachment.screen !== undefined) redraw(attachment.screen)
    cursor = attachment.cursor
    stream = link.stream(attachment.stream, { bytes, news, lost })
    if (closing.signal.aborted) return stream.close()
    turn({ kind: 'live' })
    for (const input of held.take()) send(input)
  }

  function redraw(vt: string): void {
    joiner.reset()
    screen.write(RESET + vt)
  }

  function bytes(data: Uint8Array, consumed: () => void): void {
    cursor = (cursor ?? 0) + data.length
    screen.write(joiner.join(data), consumed)
  }

  function news(news: StreamNews): void {
    if (news.size) geometry.is(news.size)
    if (news.screen !== undefined && news.cursor !== undefined) {
      cursor = news.cursor
      redraw(news.screen)
    }
    if (news.error) return stumble(new Fault(news.error.code, news.error.message))
    if (!news.end) return
    stream = undefined
    const { exitCode } = news
    if (exitCode === undefined) return stumble(new Fault('unavailable', 'The terminal went away.'))
    screen.write('', () => turn({ kind: 'ended', exitCode }))
  }

  function lost(): void {
    stream = undefined
    turn({ kind: 'waiting' })
  }

  /** What may pass is tried again; what will not is said. */
  function stumble(fault: Fault): void {
    stream = undefined
    if (!FAULTS[fault.code].retry) return turn({ kind: 'failed', fault })
    turn({ kind: 'waiting' })
    if (link.state() === 'online') again = setTimeout(() => void attachAgain(), AGAIN_MS)
  }

  function send(input: Uint8Array): void {
    if (stream && !stream.send(input)) options.onFault(inputTooLarge())
  }

  const unwatch = link.watch((now) => {
    if (now === 'online' && state.kind === 'waiting') void attachAgain()
  })
  void attach()

  return {
    type(input) {
      const data = typeof input === 'string' ? encoder.encode(input) : input
      if (!stream) return held.keep(data)
      // Who interrupts no longer wants what has not left yet.
      if (input === CTRL_C) stream.discard()
      geometry.claim()
      send(data)
    },
    fit: geometry.fit,
    claim: geometry.claim,
    retry: () => void attach(),
    close() {
      unwatch()
      clearTimeout(again)
      geometry.close()
      stream?.close()
      closing.abort()
    },
  }
}
