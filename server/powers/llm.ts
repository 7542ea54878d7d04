// The power over language models: asks one of the server's providers and counts what it cost. It keeps nothing it is told.
import { Fault } from '#dsl/fault.ts'
import type { ChatAnswer, ChatMessage, ChatRequest, Llm } from '#dsl/powers/llm.ts'
import { costOf } from '#server/llm/prices.ts'
import type { Prices } from '#server/llm/prices.ts'
import { brokenAnswer, providerFault } from '#server/llm/provider-fault.ts'
import { chatModel } from '#server/llm/provider.ts'
import type { LlmConfig, Provider } from '#server/llm/provider.ts'

/** Characters of one answer. */
const TEXT_MAX = 4_194_304

type Model = ReturnType<typeof chatModel>
type Options = Parameters<Model['doStream']>[0]
type Part = Awaited<ReturnType<Model['doStream']>>['stream'] extends ReadableStream<infer P> ? P : never
type Finish = Extract<Part, { type: 'finish' }>

export function llmPower(config: LlmConfig, prices: Prices): Llm {
  return {
    async chat(request, told, signal) {
      const provider = chosen(config, request.provider)
      const model = request.model ?? config.model
      if (model === undefined)
        throw new Fault('invalid', 'llm.chat: say which "model", or set LLM_MODEL on the server.', {
          data: { field: 'model' },
        })
      const stop = signal as AbortSignal
      try {
        const { text, finish } = await answerOf(
          chatModel(provider, model),
          provider,
          options(request, stop),
          told,
        )
        return { text, provider: provider.name, model, ...finishOf(finish), ...cost(prices, model, finish) }
      } catch (error) {
        stop.throwIfAborted()
        throw providerFault(error, provider)
      }
    },
  }
}

function chosen({ providers }: LlmConfig, name: string | undefined): Provider {
  const found = name === undefined ? providers[0] : providers.find((one) => one.name === name)
  if (found !== undefined) return found
  if (name === 'blackbox')
    throw new Fault('unavailable', 'The server has no key for Blackbox. Set BLACKBOX_API_KEY.')
  if (providers.length === 0 && (name === undefined || name === 'custom'))
    throw new Fault(
      'unavailable',
      'The server has no provider of language models. Set LLM_BASE_URL and LLM_API_KEY, or BLACKBOX_API_KEY.',
    )
  const known = ['custom', 'blackbox'].join(', ')
  if (name === 'custom')
    throw new Fault('unavailable', 'The server has no provider "custom". Set LLM_BASE_URL and LLM_API_KEY.')
  throw new Fault('invalid', `llm.chat: "provider": there is no "${name ?? ''}". There are: ${known}.`, {
    data: { field: 'provider' },
  })
}

function options(request: ChatRequest, abortSignal: AbortSignal): Options {
  const { maxTokens, temperature, once } = request
  return {
    prompt: request.messages.map(spoken),
    abortSignal,
    ...(maxTokens === undefined ? {} : { maxOutputTokens: maxTokens }),
    ...(temperature === undefined ? {} : { temperature }),
    ...(once === undefined ? {} : { headers: { 'Idempotency-Key': once } }),
  }
}

function spoken({ role, content }: ChatMessage): Options['prompt'][number] {
  return role === 'system' ? { role, content } : { role, content: [{ type: 'text', text: content }] }
}

async function answerOf(
  model: Model,
  provider: Provider,
  request: Options,
  told: (text: string) => Promise<void>,
): Promise<{ text: string; finish: Finish }> {
  const { stream } = await model.doStream(request)
  let text = ''
  for await (const part of stream) {
    if (part.type === 'error') throw brokenAnswer(part.error, provider)
    if (part.type === 'text-delta' && part.delta !== '') {
      text += part.delta
      if (text.length > TEXT_MAX) throw tooLong(provider)
      await told(part.delta)
    }
    if (part.type === 'finish') return { text, finish: whole(part, provider) }
  }
  throw brokenAnswer(new Error('no end'), provider)
}

/** A connection that was closed early looks like an end; what came so far is half an answer. */
function whole(finish: Finish, provider: Provider): Finish {
  const { unified } = finish.finishReason
  if (unified === 'interrupted' || unified === 'error') throw brokenAnswer(new Error(unified), provider)
  return finish
}

function finishOf({ finishReason: { unified } }: Finish): Pick<ChatAnswer, 'finish'> {
  return {
    finish: unified === 'stop' || unified === 'length' || unified === 'content-filter' ? unified : 'other',
  }
}

function cost(
  prices: Prices,
  model: string,
  { usage }: Finish,
): Pick<ChatAnswer, 'usage' | 'costUsd' | 'priced'> {
  const input = usage.inputTokens.total
  const output = usage.outputTokens.total
  const counted = { inputTokens: input ?? 0, outputTokens: output ?? 0 }
  const known = input !== undefined && output !== undefined
  const costUsd = known ? costOf(prices, model, counted) : undefined
  return { usage: counted, costUsd: costUsd ?? 0, priced: costUsd !== undefined }
}

const tooLong = ({ name }: Provider) =>
  new Fault('too_large', `The answer of "${name}" has more than ${TEXT_MAX} characters. Set "max_tokens".`)
