// What arrives on the socket, told apart by hand: the schemas of dsl/wire/message.ts would put all of zod in the page, and
// the sender is the page's own server. It never trusts more than the fields it names.
import type { StreamNews } from '#dsl/wire/message.ts'

/** One frame, either direction: JSON text, or `[stream u32][bytes]`. */
export type Frame = string | Uint8Array

export type Answer =
  | ({ readonly id: number; readonly ok: true } & Record<string, unknown>)
  | { readonly id: number; readonly ok: false; readonly error: WireFault }
export interface WireFault {
  readonly code: string
  readonly message: string
  readonly data?: unknown
}

export type Incoming =
  | { readonly kind: 'answer'; readonly answer: Answer }
  | { readonly kind: 'event'; readonly id: number; readonly event: unknown }
  | { readonly kind: 'pong'; readonly value: number }
  | { readonly kind: 'stream'; readonly news: StreamNews }

/** A text frame by kind; undefined for one that this version does not know. */
export function readText(text: string): Incoming | undefined {
  const frame = objectOf(text)
  if (!frame) return undefined
  const { id, ok, pong, stream } = frame
  // An answer may have a field `stream`, so answers come first.
  if (typeof id === 'number') {
    if (ok === true || (ok === false && isWireFault(frame['error'])))
      return { kind: 'answer', answer: frame as unknown as Answer }
    return 'event' in frame ? { kind: 'event', id, event: frame['event'] } : undefined
  }
  if (typeof pong === 'number') return { kind: 'pong', value: pong }
  if (typeof stream === 'number') return { kind: 'stream', news: frame as unknown as StreamNews }
  return undefined
}

export function isWireFault(value: unknown): value is WireFault {
  const { code, message } = (value ?? {}) as Record<string, unknown>
  return typeof code === 'string' && typeof message === 'string'
}

function objectOf(text: string): Record<string, unknown> | undefined {
  try {
    const json: unknown = JSON.parse(text)
    return typeof json === 'object' && json !== null ? (json as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}
