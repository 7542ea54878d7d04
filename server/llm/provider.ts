// One provider that speaks OpenAI's chat completions: where it is, and how it is asked. It knows no price and no caller.
import { createOpenAICompatible } from '@ai-sdk/openai-compatible'

export interface Provider {
  /** What calls name it by. */
  readonly name: string
  /** `/chat/completions` is below it. */
  readonly baseUrl: string
  /** A provider on one's own machine may have none. */
  readonly key: string | undefined
}

export interface LlmConfig {
  /** The first is asked when a call names none. */
  readonly providers: readonly Provider[]
  /** Asked for when a call names none. */
  readonly model: string | undefined
}

export function chatModel({ name, baseUrl, key }: Provider, model: string) {
  const options = { name, baseURL: baseUrl, includeUsage: true, fetch: ask }
  return createOpenAICompatible({ ...options, ...(key === undefined ? {} : { apiKey: key }) }).chatModel(
    model,
  )
}

/** A redirect would take the question, and with an older fetch the key, to a host that nobody named. */
const ask: typeof fetch = async (input, init) => {
  const response = await fetch(input, { ...init, redirect: 'error' })
  if (!response.ok || response.body === null) return response
  return new Response(response.body.pipeThrough(withoutNone()), response)
}

/**
 * Blackbox writes the text "None" where OpenAI has null or nothing, which no reader of the protocol takes. Inside an
 * answer's own text the quotes are escaped, so that it stays as it is.
 */
function withoutNone(): TransformStream<Uint8Array, Uint8Array> {
  const decoder = new TextDecoder()
  const encoder = new TextEncoder()
  let rest = ''
  const mended = (text: string) =>
    encoder.encode(text.replace(/"tool_calls"\s*:\s*"None"/g, '"tool_calls":null'))
  return new TransformStream({
    transform(chunk, controller) {
      const text = rest + decoder.decode(chunk, { stream: true })
      const end = text.lastIndexOf('\n') + 1
      rest = text.slice(end)
      if (rest.length > LINE_MAX)
        throw new RangeError(`A line of the answer has more than ${LINE_MAX} characters.`)
      if (end > 0) controller.enqueue(mended(text.slice(0, end)))
    },
    flush: (controller) => controller.enqueue(mended(rest + decoder.decode())),
  })
}
const LINE_MAX = 4_194_304
