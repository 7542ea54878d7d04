// The power over language models against a provider that streams, charges and fails as real ones do.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Fault } from '#dsl/fault.ts'
import type { ChatRequest } from '#dsl/powers/llm.ts'
import type { Provider } from '#server/llm/provider.ts'
import { llmPower } from '#server/powers/llm.ts'
import { startOpenAi } from './openai.ts'
import type { OpenAiDouble, OpenAiOptions } from './openai.ts'

const PRICES = { 'o3-mini': { input: 1_000_000, output: 2_000_000 } }
let double: OpenAiDouble

const restart = async (options: OpenAiOptions) => {
  await double.close()
  double = await startOpenAi(options)
}
const power = (change: Partial<Provider> = {}) =>
  llmPower(
    {
      providers: [{ name: 'custom', baseUrl: double.baseUrl, key: double.key, ...change }],
      model: 'o3-mini',
    },
    PRICES,
  )
const question = (more: Partial<ChatRequest> = {}): ChatRequest => ({
  messages: [{ role: 'user', content: 'plan the work' }],
  ...more,
})

async function ask(more: Partial<ChatRequest> = {}, change: Partial<Provider> = {}) {
  const told: string[] = []
  const signal = AbortSignal.timeout(20_000)
  const answer = await power(change).chat(question(more), async (text) => void told.push(text), signal)
  return { answer, told }
}

const fault = async (more: Partial<ChatRequest> = {}, change: Partial<Provider> = {}): Promise<Fault> => {
  const error: unknown = await ask(more, change).then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof Fault)) throw new Error('it did not fault', { cause: error })
  return error
}

beforeEach(async () => {
  double = await startOpenAi()
})
afterEach(() => double.close())

describe('a model that answers', () => {
  it('is heard word by word, and its price counted by tokens', async () => {
    const { answer, told } = await ask()
    expect(told).toEqual(['You ', 'said: ', 'plan ', 'the ', 'work'])
    expect(answer).toEqual({
      text: 'You said: plan the work',
      provider: 'custom',
      model: 'o3-mini',
      finish: 'stop',
      usage: { inputTokens: 3, outputTokens: 5 },
      costUsd: 13,
      priced: true,
    })
  })

  it('sends the conversation, limits and the call id as the protocol has them', async () => {
    const messages = [
      { role: 'system', content: 's' },
      { role: 'user', content: 'u' },
      { role: 'assistant', content: 'a' },
      { role: 'user', content: 'again' },
    ] as const
    await ask({ messages, maxTokens: 100, temperature: 0.5, once: 'r1/plan[2]/1' })
    expect(double.calls).toMatchObject([
      { question: { messages, max_tokens: 100, temperature: 0.5 }, idempotencyKey: 'r1/plan[2]/1' },
    ])
  })

  it('is charged once under one call id, and says the same', async () => {
    const first = await ask({ once: 'r1/plan/1' })
    const second = await ask({ once: 'r1/plan/1' })
    expect(second.answer).toEqual(first.answer)
    expect(double.calls.map(({ charged }) => charged)).toEqual([true, false])
  })

  it('that had no more tokens says that its text is cut', async () => {
    const { answer } = await ask({ maxTokens: 2 })
    expect(answer).toMatchObject({ text: 'You said: ', finish: 'length', usage: { outputTokens: 2 } })
  })

  it('has no price when the list has none, or when it counts nothing', async () => {
    const unknown = await ask({ model: 'toString' })
    expect(unknown.answer).toMatchObject({ costUsd: 0, priced: false, usage: { inputTokens: 3 } })
    await restart({ silent: true })
    const silent = await ask()
    expect(silent.answer).toMatchObject({ costUsd: 0, priced: false, usage: { inputTokens: 0 } })
  })

  it('has the price of its last name when a vendor stands before it', async () => {
    const { answer } = await ask({ model: 'blackboxai/openai/o3-mini' })
    expect(answer).toMatchObject({ costUsd: 13, model: 'blackboxai/openai/o3-mini' })
  })

  it("may write Blackbox's None, and the same text inside its answer stays", async () => {
    await restart({ none: true, answer: () => 'Set {"tool_calls": "None"} – añade ✅ it' })
    const { answer } = await ask()
    expect(answer.text).toBe('Set {"tool_calls": "None"} – añade ✅ it')
  })

  it('is waited for: it is told the next piece when the last has been taken', async () => {
    const taking = { now: 0, most: 0 }
    await power().chat(
      question(),
      async () => {
        taking.most = Math.max(taking.most, ++taking.now)
        await Promise.resolve()
        taking.now -= 1
      },
      AbortSignal.timeout(20_000),
    )
    expect(taking).toEqual({ now: 0, most: 1 })
  })

  it('is not asked with a key that nobody gave', async () => {
    expect((await fault({}, { key: undefined })).code).toBe('forbidden')
  })
})

describe('a provider that refuses', () => {
  it.each([
    [400, 'invalid'],
    [401, 'forbidden'],
    [402, 'exhausted'],
    [403, 'forbidden'],
    [404, 'not_found'],
    [408, 'timed_out'],
    [413, 'too_large'],
    [429, 'rate_limited'],
    [500, 'unavailable'],
    [503, 'unavailable'],
    [504, 'timed_out'],
  ])('with %i means %s, is asked once, and charges nothing', async (status, code) => {
    double.failNext({ status })
    const refused = await fault()
    expect(refused).toMatchObject({ code, data: { provider: 'custom', status } })
    expect(double.calls).toMatchObject([{ charged: false }])
  })

  it('says when to come back', async () => {
    double.failNext({ status: 429, retryAfter: 7 })
    expect((await fault()).data).toMatchObject({ retryAfterSeconds: 7 })
  })

  it('for want of credit is not asked again', async () => {
    double.failNext({ status: 429, error: { code: 'insufficient_quota' } })
    expect((await fault()).code).toBe('exhausted')
  })

  it.each([
    ['wrong', { key: 'sk-wrong-and-secret' }, undefined],
    ['quoted in an error', {}, { status: 400, error: { message: 'Bad: sk-double-0123456789.' } }],
    ['quoted in a breakdown', {}, { status: 500, error: { message: 'Bad: sk-double-0123456789.' } }],
  ])('never lets a key out that is %s', async (_what, change, next) => {
    if (next !== undefined) double.failNext(next)
    const refused = await fault({}, change)
    const shown = `${refused.message} ${JSON.stringify(refused)} ${String(refused.stack)} ${String(refused.cause)}`
    expect(shown).not.toMatch(/sk-wrong-and-secret|sk-double-0123456789/)
  })
})

describe('an answer that breaks off', () => {
  it.each([{ cutAfter: 2 }, { endAfter: 2 }, { errorAfter: 2 }])('by %j is no answer', async (next) => {
    double.failNext(next)
    expect(await fault()).toMatchObject({ code: 'unavailable' })
  })

  it('after an error event says what the provider said', async () => {
    double.failNext({ errorAfter: 1 })
    expect(JSON.stringify((await fault()).data)).toContain('overloaded')
  })

  it('because the caller left is dropped at the provider too', async () => {
    double.failNext({ hangAfter: 2 })
    const leaving = new AbortController()
    const reason = new Fault('cancelled', 'The caller left.')
    const told = async (text: string) => {
      if (text === 'said: ') leaving.abort(reason)
    }
    await expect(power().chat(question(), told, leaving.signal)).rejects.toBe(reason)
    await double.left()
  })

  it('because the reader fails is dropped, and the reader hears its own error', async () => {
    double.failNext({ hangAfter: 1 })
    const full = new Fault('exhausted', 'The log is full.')
    const chat = power().chat(question(), () => Promise.reject(full), AbortSignal.timeout(20_000))
    await expect(chat).rejects.toBe(full)
    await double.left()
  })
})

describe('a provider that is not there', () => {
  it('is unavailable, and its key stays here', async () => {
    const gone = await fault({}, { baseUrl: 'http://127.0.0.1:1' })
    expect(gone).toMatchObject({ code: 'unavailable' })
    expect(JSON.stringify(gone)).not.toContain(double.key)
  })

  it.each([
    [undefined, 'LLM_BASE_URL'],
    ['custom', 'LLM_BASE_URL'],
    ['blackbox', 'BLACKBOX_API_KEY'],
  ])('because none is set up (%s) says what to set', async (provider, names) => {
    const none = llmPower({ providers: [], model: 'o3-mini' }, PRICES)
    const chat = none.chat(question({ provider }), () => Promise.resolve(), AbortSignal.timeout(20_000))
    await expect(chat).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining(names) as string,
    })
  })

  it('because no model is named, or no such provider exists, is invalid', async () => {
    expect((await fault({ provider: 'nobody' })).code).toBe('invalid')
    const modelless = llmPower(
      { providers: [{ name: 'custom', baseUrl: double.baseUrl, key: double.key }], model: undefined },
      PRICES,
    )
    const chat = modelless.chat(question(), () => Promise.resolve(), AbortSignal.timeout(20_000))
    await expect(chat).rejects.toMatchObject({ code: 'invalid', data: { field: 'model' } })
  })
})

describe('the double', () => {
  const post = (body: object, headers: Record<string, string> = {}) =>
    fetch(`${double.baseUrl}/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${double.key}`, ...headers },
      body: JSON.stringify(body),
    })
  const BODY = { model: 'm', messages: [{ role: 'user', content: 'a b' }] }

  it('answers at once when no stream is asked for', async () => {
    const answer: unknown = await (await post(BODY)).json()
    expect(answer).toMatchObject({
      object: 'chat.completion',
      choices: [{ message: { content: 'You said: a b' }, finish_reason: 'stop' }],
      usage: { total_tokens: 6 },
    })
  })

  it('refuses what the protocol does not have', async () => {
    const answers = await Promise.all([
      post({ ...BODY, prompt: 'x' }),
      post({ model: 'm', messages: [] }),
      post(BODY, { authorization: 'no' }),
    ])
    expect(answers.map(({ status }) => status)).toEqual([400, 400, 401])
    expect(double.calls).toEqual([])
  })

  it('refuses one call id for two requests', async () => {
    const headers = { 'idempotency-key': 'k' }
    await post(BODY, headers)
    expect((await post({ ...BODY, model: 'other' }, headers)).status).toBe(409)
  })
})
