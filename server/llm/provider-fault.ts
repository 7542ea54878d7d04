// What a provider's refusal means to the one who asked. No key is ever in it, also when the provider says the key back.
import { APICallError } from 'ai'
import { Fault } from '#dsl/fault.ts'
import type { FaultCode } from '#dsl/fault.ts'
import type { Provider } from './provider.ts'

const SAID_MAX = 300

/** The cause stays out: it holds the question and the answer's headers. */
export function providerFault(error: unknown, provider: Provider): Fault {
  if (error instanceof Fault) return error
  const { name } = provider
  if (!APICallError.isInstance(error) || error.statusCode === undefined)
    return new Fault(
      'unavailable',
      `The provider "${name}" does not answer, or not as OpenAI's do. Look at its base URL.`,
      {
        data: { provider: name, problem: withoutKey(reason(error), provider) },
      },
    )
  const status = error.statusCode
  if (status < 400) return brokenAnswer(error, provider)
  const { code, remedy } = meaning(status, error)
  // A refusal of a key may quote it in part, which no exact search finds.
  const told = code === 'forbidden' ? '' : ` It says: ${withoutKey(said(error), provider)}`
  const retryAfter = Number(error.responseHeaders?.['retry-after'])
  return new Fault(code, `The provider "${name}" answered ${status}. ${remedy}${told}`, {
    data: { provider: name, status, ...(retryAfter > 0 ? { retryAfterSeconds: retryAfter } : {}) },
  })
}

/** An error that arrives inside an answer that had begun well. */
export function brokenAnswer(error: unknown, provider: Provider): Fault {
  const { name } = provider
  return new Fault('unavailable', `The answer of the provider "${name}" broke off. Ask again.`, {
    data: { provider: name, problem: withoutKey(reason(error), provider) },
  })
}

function meaning(status: number, { data }: APICallError): { code: FaultCode; remedy: string } {
  if (status === 401 || status === 403)
    return { code: 'forbidden', remedy: 'Give the server a key of that provider that may use this model.' }
  if (status === 402 || isOutOfCredit(data))
    return { code: 'exhausted', remedy: 'Its account has no credit left: top it up.' }
  if (status === 429) return { code: 'rate_limited', remedy: 'Ask again later.' }
  if (status === 408 || status === 504) return { code: 'timed_out', remedy: 'Ask again.' }
  if (status === 413) return { code: 'too_large', remedy: 'Ask with less text.' }
  if (status === 404)
    return { code: 'not_found', remedy: 'Look at the name of the model and at the base URL.' }
  if (status >= 500) return { code: 'unavailable', remedy: 'Ask again later.' }
  return { code: 'invalid', remedy: 'It does not take this question.' }
}

/** OpenAI answers 429 for both; only waiting helps against one of them. Source: its guide to error codes. */
function isOutOfCredit(data: unknown): boolean {
  const { error } = (data ?? {}) as { error?: { code?: unknown; type?: unknown } }
  return error?.code === 'insufficient_quota' || error?.type === 'insufficient_quota'
}

const said = ({ message }: APICallError) => message
const reason = (error: unknown) => {
  if (!(error instanceof Error)) return JSON.stringify(error) ?? 'unknown'
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message
}

function withoutKey(text: string, { key }: Provider): string {
  const clean = key === undefined ? text : text.replaceAll(key, '***')
  return clean.slice(0, SAID_MAX)
}
