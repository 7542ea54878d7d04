// What a step prints: every byte to its log, in order, and the start of its standard output as the step's output.
// It never hands on more than it keeps.
import type { Screen, StepLog } from '#server/artifacts/keeper.ts'
import { despiteOutage } from '#server/store/despite-outage.ts'

/** Bytes of standard output that become the output of the step. */
export const OUTPUT_MAX = 65_536

/** How long the database may be away before the step fails: the program waits meanwhile, and no line is lost. */
const PATIENCE_MS = 120_000

export interface Printed {
  /**
   * Puts the text before all that the step prints; to be called before `take`, and with the same text when the attempt is
   * joined again.
   */
  begin(text: string): Promise<void>
  /** Takes one event of an op; resolves once its text is durable. `at`: bytes of text in the events before it. */
  take(event: unknown, at?: number): Promise<void>
  /** Standard output without blanks around it, at most OUTPUT_MAX bytes in whole characters. */
  stdout(): string
  /** What it prints is what a terminal of that size shows: it becomes a recording too. */
  record(screen: Screen): void
  /** The step has ended: its log is whole. */
  close(): Promise<void>
}

/** `log` is undefined until the first text, so that a step that prints nothing has none. */
export function printed(open: () => Promise<StepLog>, signal: AbortSignal): Printed {
  let log: Promise<StepLog> | undefined
  let next: number | undefined
  let screen: Screen | undefined
  /** Bytes of what stands before the step's own text. */
  let before = 0
  const kept: Buffer[] = []
  let room = OUTPUT_MAX

  function keep(bytes: Buffer): void {
    if (room === 0) return
    kept.push(bytes.subarray(0, room))
    room -= Math.min(room, bytes.length)
  }

  return {
    async begin(text) {
      if (text === '') return
      const bytes = Buffer.from(text)
      before = bytes.length
      log ??= despiteOutage(PATIENCE_MS, signal, open)
      const place = await log
      await despiteOutage(PATIENCE_MS, signal, () => place.append(0, bytes))
    },
    async take(event, at) {
      const { type, text } = textOf(event)
      if (text === '') return
      const bytes = Buffer.from(text)
      if (type !== 'stderr') keep(bytes)
      log ??= despiteOutage(PATIENCE_MS, signal, open)
      const place = await log
      const from = at === undefined ? (next ?? place.length) : at + before
      next = from + bytes.length
      await despiteOutage(PATIENCE_MS, signal, () => place.append(from, bytes))
    },
    stdout: () => wholeCharacters(Buffer.concat(kept), room === 0).trim(),
    record: (size) => void (screen = size),
    close: async () => (await log)?.close(screen),
  }
}

function textOf(event: unknown): { type: unknown; text: string } {
  const { type, data, text } = (event ?? {}) as { type?: unknown; data?: unknown; text?: unknown }
  if (typeof data === 'string') return { type, text: data }
  return { type, text: typeof text === 'string' ? text : '' }
}

function wholeCharacters(bytes: Buffer, isCut: boolean): string {
  return new TextDecoder().decode(bytes, { stream: isCut })
}
