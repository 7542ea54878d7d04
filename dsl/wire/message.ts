// Text frames: calls, replies, events and stream control, as JSON objects. It never opens a socket.
import { z } from 'zod'
import { Fault } from '#dsl/fault.ts'
import type { FaultMessage } from '#dsl/fault.ts'

/** Largest text frame a client may send, in bytes. */
export const TEXT_MAX = 1_048_576
/** WebSocket subprotocol that both ends name; the browser's ticket travels beside it as `ticket.<value>`. */
export const SUBPROTOCOL = 'chispart.v1'

const CallId = z.union([z.string().max(128), z.int()])
export type CallId = z.output<typeof CallId>

/** `{id, op, …input}`: a call. The answer carries the same id. */
const CallFrame = z.looseObject({ id: CallId.optional(), op: z.string().min(1).max(100) })
/** `{id, tool, input}`: the seed's MCP contract; answered with `stream[]` and no events. */
const ToolFrame = z.strictObject({
  id: CallId.optional(),
  tool: z.string().min(1).max(100),
  input: z.record(z.string(), z.unknown()).default({}),
})
/** `{cancel: id}`: stop that call. */
const CancelFrame = z.strictObject({ cancel: CallId })
/** `{ping}`: answered by `{pong}` with the same value. */
const PingFrame = z.strictObject({ ping: z.number() })

/** Flow of one stream, either direction. */
const StreamFrame = z.strictObject({
  stream: z.int().min(1).max(0xffff_ffff),
  /** The reader has consumed so many bytes more; the sender may send as many again. */
  credit: z.int().min(1).max(16_777_216).optional(),
  /** No byte follows from this side. */
  end: z.literal(true).optional(),
  /** This side wants no more of it; a terminal stays open. */
  close: z.literal(true).optional(),
  /** The window of a command's terminal is so many cells now. A lasting terminal has `pty.resize`. */
  size: z.strictObject({ cols: z.int().min(2).max(1000), rows: z.int().min(1).max(500) }).optional(),
  /** For a command: what its process group gets. */
  signal: z.enum(['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT']).optional(),
})

export type ClientFrame =
  | { kind: 'call'; id: CallId | undefined; op: string; input: Record<string, unknown> }
  | { kind: 'tool'; id: CallId | undefined; op: string; input: Record<string, unknown> }
  | { kind: 'cancel'; id: CallId }
  | { kind: 'ping'; value: number }
  | ({ kind: 'stream' } & z.output<typeof StreamFrame>)

/** Reads a client's text frame. Faults: malformed (not a JSON object), invalid (an object that is no frame). */
export function parseClientFrame(text: string): ClientFrame {
  const json = parseObject(text)
  if ('op' in json) {
    const { id, op, ...input } = parse(CallFrame, json)
    return { kind: 'call', id, op, input }
  }
  if ('tool' in json) {
    const { id, tool, input } = parse(ToolFrame, json)
    return { kind: 'tool', id, op: tool, input }
  }
  if ('cancel' in json) return { kind: 'cancel', id: parse(CancelFrame, json).cancel }
  if ('ping' in json) return { kind: 'ping', value: parse(PingFrame, json).ping }
  if ('stream' in json) return { kind: 'stream', ...parse(StreamFrame, json) }
  throw new Fault(
    'invalid',
    'A text frame is a call {"op", …}, {"tool", "input"}, {"cancel"}, {"ping"} or {"stream", …}.',
  )
}

/** What a server sends: answers, events, and news of a stream. */
export type ServerFrame =
  | ({ id?: CallId | undefined; ok: true } & Record<string, unknown>)
  | { id?: CallId | undefined; ok: false; error: FaultMessage }
  | { id?: CallId | undefined; event: unknown }
  | { pong: number }
  | StreamNews

export interface StreamNews {
  readonly stream: number
  readonly credit?: number
  /** No byte follows; `exitCode` when the program behind it has ended. */
  readonly end?: true
  readonly exitCode?: number
  /** The stream is over for a reason that the reader should know. */
  readonly error?: FaultMessage
  /** The terminal's size changed: another client typed last. */
  readonly size?: { readonly cols: number; readonly rows: number }
  /** The reader fell behind the kept output: draw this instead, and go on from `cursor`. */
  readonly screen?: string
  readonly cursor?: number
}

const ServerFrameShape = z.union([
  z.looseObject({ id: CallId.optional(), ok: z.literal(true) }),
  z.looseObject({
    id: CallId.optional(),
    ok: z.literal(false),
    error: z.looseObject({ code: z.string(), message: z.string() }),
  }),
  z.looseObject({ id: CallId.optional(), event: z.unknown() }),
  z.looseObject({ pong: z.number() }),
  z.looseObject({ stream: z.int() }),
])

/** Reads a server's text frame; a client uses it. Faults: malformed, invalid. */
export function parseServerFrame(text: string): ServerFrame {
  return parse(ServerFrameShape, parseObject(text)) as ServerFrame
}

function parseObject(text: string): Record<string, unknown> {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (cause) {
    // The parser's own words repeat the text, which may hold a secret; this sentence is written down.
    throw new Fault('malformed', 'The frame is not JSON.', { cause })
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    throw new Fault('malformed', 'A text frame is one JSON object.')
  return json as Record<string, unknown>
}

function parse<S extends z.ZodType>(schema: S, json: unknown): z.output<S> {
  const result = schema.safeParse(json)
  if (result.success) return result.data
  const issue = result.error.issues[0]
  throw new Fault(
    'invalid',
    `The frame does not fit: "${issue?.path.join('.') ?? ''}": ${issue?.message ?? 'unknown'}.`,
    {
      data: {
        problems: result.error.issues.map(({ path, message }) => ({
          field: path.join('.'),
          problem: message,
        })),
      },
    },
  )
}
