// One POST to a server, for what needs no socket or comes before one can be opened. It follows no redirect: a token is for
// one address only.
import { request as plainRequest } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { request as secureRequest } from 'node:https'
import { createInterface } from 'node:readline'
import { z } from 'zod'
import { Fault, fromMessage } from '#dsl/fault.ts'
import type { Endpoint } from './endpoint.ts'
import type { Answer } from './link.ts'
import { nobodyAt, refusal } from './socket.ts'

const NDJSON = 'application/x-ndjson'
const CONNECT_MS = 10_000

const Line = z.union([
  z.looseObject({ event: z.unknown() }).refine((line) => 'event' in line),
  z.looseObject({ ok: z.literal(true) }),
  z.object({
    ok: z.literal(false),
    error: z.looseObject({ code: z.string(), message: z.string() }),
  }),
])

export interface PostOptions {
  readonly signal?: AbortSignal
  /** Takes the events of an op as they come. */
  readonly event?: (event: unknown) => void
}

/** The answer's fields. It waits as long as the server does. Faults: unavailable, cancelled, and what the server says. */
export async function post(
  { url, token }: Endpoint,
  path: string,
  body: object,
  { signal, event }: PostOptions = {},
): Promise<Answer> {
  const headers = {
    'content-type': 'application/json',
    accept: event === undefined ? 'application/json' : NDJSON,
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
  }
  try {
    const response = await send(new URL(path, url), headers, JSON.stringify(body), signal)
    if (response.statusCode !== 200) throw refusal(response.statusCode ?? 0, await read(response), url)
    if (response.headers['content-type']?.startsWith(NDJSON)) return await lines(response, url, event)
    return JSON.parse(await read(response)) as Answer
  } catch (error) {
    if (error instanceof Fault) throw error
    if (signal?.aborted) throw new Fault('cancelled', 'You stopped waiting.')
    throw nobodyAt(url, error)
  }
}

function send(
  url: URL,
  headers: Record<string, string>,
  body: string,
  signal: AbortSignal | undefined,
): Promise<IncomingMessage> {
  const request = url.protocol === 'https:' ? secureRequest : plainRequest
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: 'POST', headers, ...(signal && { signal }) }, resolve)
    const late = setTimeout(() => sent.destroy(new Error('no connection')), CONNECT_MS)
    sent.once('socket', (socket) => socket.once('connect', () => clearTimeout(late)))
    sent.once('close', () => clearTimeout(late))
    sent.once('error', reject)
    sent.end(body)
  })
}

async function read(response: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of response.setEncoding('utf8')) text += String(chunk)
  return text
}

async function lines(response: IncomingMessage, url: string, event: PostOptions['event']): Promise<Answer> {
  for await (const text of createInterface({ input: response })) {
    const line = Line.parse(JSON.parse(text))
    if (!('ok' in line)) event?.(line.event)
    else if (line.ok === false) throw fromMessage(line.error as { code: string; message: string })
    else return answerOf(line)
  }
  throw new Fault('unavailable', `${url} hung up before it answered. Try again in a moment.`)
}

function answerOf(line: Record<string, unknown>): Answer {
  const output = { ...line }
  delete output['ok']
  return output
}
