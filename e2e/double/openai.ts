// A provider that speaks OpenAI's chat completions, on loopback: it checks each request, counts what it charges, and fails
// when a test says so. It answers by a function of the test and knows no language.
// Source: platform.openai.com/docs/api-reference/chat, and its streaming form.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { z } from 'zod'

const Request = z
  .object({
    model: z.string().min(1),
    messages: z
      .array(z.object({ role: z.enum(['system', 'user', 'assistant']), content: z.string().min(1) }).strict())
      .min(1),
    max_tokens: z.int().min(1).optional(),
    temperature: z.number().min(0).max(2).optional(),
    stream: z.boolean().optional(),
    stream_options: z.object({ include_usage: z.boolean() }).strict().optional(),
  })
  .strict()
export type ChatQuestion = z.output<typeof Request>

/** What the next request meets instead of an answer. */
export type ProviderFault =
  | { readonly status: number; readonly error?: object; readonly retryAfter?: number }
  /** The connection is cut behind that many pieces of the answer. */
  | { readonly cutAfter: number }
  /** The answer ends there as if it were whole, without a reason to finish. */
  | { readonly endAfter: number }
  /** An error event, as providers send one in the middle of an answer. */
  | { readonly errorAfter: number }
  /** Nothing behind that many pieces, until the client leaves. */
  | { readonly hangAfter: number }

export interface ProviderCall {
  readonly question: ChatQuestion
  readonly idempotencyKey: string | undefined
  /** False for one that was answered, or is being answered, under its key before. */
  readonly charged: boolean
}

export interface OpenAiDouble {
  /** `LLM_BASE_URL`. */
  readonly baseUrl: string
  readonly key: string
  /** Every accepted request, faults among them. */
  readonly calls: readonly ProviderCall[]
  /** Faults that are met one by one, the oldest first. */
  failNext(...faults: readonly ProviderFault[]): void
  /** Settles when a client has left an answer that was not over. */
  left(): Promise<void>
  close(): Promise<void>
}

export interface OpenAiOptions {
  readonly key?: string
  readonly answer?: (question: ChatQuestion) => string
  /** Sends `"tool_calls": "None"` as Blackbox does. */
  readonly none?: boolean
  /** A provider that does not say what it counted. */
  readonly silent?: boolean
}

interface State extends Required<Omit<OpenAiOptions, 'answer'>> {
  readonly answer: (question: ChatQuestion) => string
  readonly calls: ProviderCall[]
  readonly faults: ProviderFault[]
  /** Body and answer by Idempotency-Key. */
  readonly known: Map<string, { readonly body: string; readonly text: string }>
  readonly leaving: PromiseWithResolvers<void>
}

export async function startOpenAi(options: OpenAiOptions = {}): Promise<OpenAiDouble> {
  const state: State = {
    key: 'sk-double-0123456789',
    answer: ({ messages }) => `You said: ${messages.at(-1)?.content ?? ''}`,
    none: false,
    silent: false,
    ...options,
    calls: [],
    faults: [],
    known: new Map(),
    leaving: Promise.withResolvers(),
  }
  const server = createServer((request, response) => {
    serve(state, request, response).catch(() => response.destroy())
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    key: state.key,
    calls: state.calls,
    failNext: (...faults) => void state.faults.push(...faults),
    left: () => state.leaving.promise,
    async close() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

async function serve(state: State, request: IncomingMessage, response: ServerResponse): Promise<void> {
  let body = ''
  for await (const chunk of request.setEncoding('utf8')) body += chunk as string
  if (request.method !== 'POST' || request.url !== '/v1/chat/completions')
    return refuse(response, 404, { message: `Unknown request URL: ${request.method} ${request.url}.` })
  if (request.headers.authorization !== `Bearer ${state.key}`)
    return refuse(response, 401, {
      message: `Incorrect API key provided: ${request.headers.authorization ?? ''}`,
      code: 'invalid_api_key',
    })
  const read = Request.safeParse(json(body))
  if (!read.success) return refuse(response, 400, { message: z.prettifyError(read.error) })
  const named = request.headers['idempotency-key']
  const key = typeof named === 'string' ? named : undefined
  const before = key === undefined ? undefined : state.known.get(key)
  if (before !== undefined && before.body !== body)
    return refuse(response, 409, { message: 'This Idempotency-Key belongs to another request.' })
  const fault = state.faults.shift()
  const refused = fault !== undefined && 'status' in fault
  state.calls.push({ question: read.data, idempotencyKey: key, charged: !refused && before === undefined })
  if (refused)
    return refuse(response, fault.status, { message: 'As the test says.', ...fault.error }, fault.retryAfter)
  const text = before?.text ?? state.answer(read.data)
  if (key !== undefined) state.known.set(key, { body, text })
  if (read.data.stream === true) return stream(state, read.data, text, fault, response)
  const message = { role: 'assistant', content: text, ...none(state) }
  send(response, 200, {
    ...head(read.data, 'chat.completion'),
    choices: [{ index: 0, message, finish_reason: ending(read.data, text).reason }],
    ...(state.silent ? {} : { usage: usage(read.data, text) }),
  })
}

async function stream(
  state: State,
  question: ChatQuestion,
  text: string,
  fault: Exclude<ProviderFault, { status: number }> | undefined,
  response: ServerResponse,
): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  const event = (data: object) => void response.write(`data: ${JSON.stringify(data)}\n\n`)
  const chunk = (delta: object, finish_reason: string | null = null) =>
    event({
      ...head(question, 'chat.completion.chunk'),
      choices: [{ index: 0, delta: { ...delta, ...none(state) }, finish_reason }],
    })
  const { pieces, reason } = ending(question, text)
  const last = fault === undefined ? pieces.length : Object.values(fault)[0]
  chunk({ role: 'assistant', content: '' })
  for (const content of pieces.slice(0, last)) chunk({ content })
  if (fault !== undefined) return stopAt(state, fault, event, response)
  chunk({}, reason)
  if (question.stream_options?.include_usage === true && !state.silent)
    event({ ...head(question, 'chat.completion.chunk'), choices: [], usage: usage(question, text) })
  response.end('data: [DONE]\n\n')
}

async function stopAt(
  state: State,
  fault: Exclude<ProviderFault, { status: number }>,
  event: (data: object) => void,
  response: ServerResponse,
): Promise<void> {
  if ('endAfter' in fault) return void response.end()
  if ('errorAfter' in fault) {
    event({ error: { message: 'The model is overloaded.', type: 'server_error' } })
    return void response.end()
  }
  if ('hangAfter' in fault) {
    await once(response, 'close')
    return state.leaving.resolve()
  }
  // Bytes that were written reach the client before the cut only when they are flushed.
  await new Promise<void>((written) => response.write(': cut\n\n', () => written()))
  response.destroy()
}

const head = ({ model }: ChatQuestion, object: string) => ({ id: 'chatcmpl-1', object, created: 1, model })
const none = ({ none }: State) => (none ? { tool_calls: 'None' } : {})
const words = (text: string) => text.split(/(?<=\s)/).filter((word) => word !== '')

/** A word is a token. */
function ending({ max_tokens }: ChatQuestion, text: string) {
  const all = words(text)
  const pieces = all.slice(0, max_tokens ?? all.length)
  return { pieces, reason: pieces.length < all.length ? 'length' : 'stop' }
}

function usage(question: ChatQuestion, text: string) {
  const prompt_tokens = question.messages.flatMap(({ content }) => words(content)).length
  const completion_tokens = ending(question, text).pieces.length
  return { prompt_tokens, completion_tokens, total_tokens: prompt_tokens + completion_tokens }
}

function json(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}

function send(
  response: ServerResponse,
  status: number,
  body: object,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
}

function refuse(response: ServerResponse, status: number, error: object, retryAfter?: number): void {
  const headers = retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }
  send(
    response,
    status,
    { error: { type: 'invalid_request_error', param: null, code: null, ...error } },
    headers,
  )
}
