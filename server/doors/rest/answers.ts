// A call's events and answer as HTTP: collected in one object, line by line as NDJSON, or as server-sent events. It makes no call.
import type { Context } from 'hono'
import { stream } from 'hono/streaming'
import { toFault } from '#dsl/fault.ts'
import type { Emit } from '#dsl/op.ts'

/** Bytes of events that one answer collects; what follows is left out and `truncated` is true. */
export const EVENTS_MAX = 1_048_576
/** What asks for events as they come. */
export const NDJSON = 'application/x-ndjson'
export const EVENT_STREAM = 'text/event-stream'
/** A comment goes out as often, so that nothing on the way takes a quiet stream for a dead one. */
const BEAT_MS = 15_000

type Act = (emit: Emit<unknown>) => Promise<Record<string, unknown>>

/** `{ok: true, stream?, truncated?, …output}`. */
export async function asObject(c: Context, streams: boolean, act: Act): Promise<Response> {
  const collected = collector()
  const output = await act(collected.emit)
  return c.json({ ok: true, ...collected.result(streams), ...output })
}

function collector() {
  const events: unknown[] = []
  let bytes = 0
  return {
    emit(event: unknown): Promise<void> {
      bytes += Buffer.byteLength(JSON.stringify(event))
      if (bytes <= EVENTS_MAX) events.push(event)
      return Promise.resolve()
    },
    result: (streams: boolean) => ({
      ...(streams ? { stream: events } : {}),
      ...(bytes > EVENTS_MAX ? { truncated: true } : {}),
    }),
  }
}

/** `{event}` per line, then the answer: status 200 is already sent, so a fault is the last line. */
export function asLines(c: Context, act: Act): Response {
  c.header('content-type', NDJSON)
  c.header('cache-control', 'no-store')
  return stream(c, async (body) => {
    const line = async (value: object) => void (await body.write(`${JSON.stringify(value)}\n`))
    try {
      await line({ ok: true, ...(await act((event) => line({ event }))) })
    } catch (error) {
      await line({ ok: false, error: toFault(error).toJSON() })
    }
  })
}

/**
 * WHATWG HTML §9.2. The id of an event is its `cursor`, its name its `type`; `end` holds the answer and `fault` what broke.
 * A fault before the first event is an HTTP status; no event at all is 204, which stops a client from connecting again.
 */
export async function asEventStream(c: Context, act: Act): Promise<Response> {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>()
  const writer = writable.getWriter()
  const begun = Promise.withResolvers<boolean>()
  const write = (text: string) => {
    begun.resolve(true)
    return writer.write(Buffer.from(text))
  }
  const beat = setInterval(() => void write(':\n\n').catch(() => undefined), BEAT_MS)
  const answer = act((event) => write(eventText(event))).finally(() => clearInterval(beat))
  if (!(await Promise.race([begun.promise, answer.then(() => false)]))) return c.body(null, 204)
  void finish(answer, writer)
  return c.body(readable, 200, { 'content-type': EVENT_STREAM, 'cache-control': 'no-store' })
}

async function finish(
  answer: Promise<object>,
  writer: WritableStreamDefaultWriter<Uint8Array>,
): Promise<void> {
  const [name, data] = await answer.then(
    (output) => ['end', output] as const,
    (error: unknown) => ['fault', toFault(error).toJSON()] as const,
  )
  const text = `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`
  // Who has hung up reads no end.
  await writer
    .write(Buffer.from(text))
    .then(() => writer.close())
    .catch(() => undefined)
}

function eventText(event: unknown): string {
  const { cursor, type } = event as { cursor?: number; type?: string }
  const head = [
    ...(cursor === undefined ? [] : [`id: ${cursor}\n`]),
    ...(type === undefined ? [] : [`event: ${type}\n`]),
  ]
  return `${head.join('')}data: ${JSON.stringify(event)}\n\n`
}
