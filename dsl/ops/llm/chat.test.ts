import { describe, expect, it } from 'vitest'
import { call } from '#dsl/powers/fake/call.ts'
import { fakeLlm } from '#dsl/powers/fake/llm.ts'
import type { ChatRequest } from '#dsl/powers/llm.ts'

const ask = async (input: object) => {
  const asked: ChatRequest[] = []
  const events: unknown[] = []
  const answer = await call('llm.chat', { llm: fakeLlm(asked) }, input, events)
  return { asked: asked[0], events, answer }
}

describe('llm.chat', () => {
  it('streams the text, then answers with all of it and its cost', async () => {
    const { events, answer } = await ask({ prompt: 'plan the work' })
    expect(events).toEqual(['plan ', 'the ', 'work'].map((data) => ({ type: 'text', data })))
    expect(answer).toMatchObject({ text: 'plan the work', costUsd: 0.01, priced: true, finish: 'stop' })
  })

  it('sends the system text first, then the conversation as it stands', async () => {
    const messages = [
      { role: 'user', content: 'a' },
      { role: 'assistant', content: 'b' },
      { role: 'user', content: 'c' },
    ]
    const { asked } = await ask({ messages, system: 'be brief', max_tokens: 5, once: 'r1/plan/1' })
    expect(asked).toMatchObject({ maxTokens: 5, once: 'r1/plan/1' })
    expect(asked?.messages).toEqual([{ role: 'system', content: 'be brief' }, ...messages])
  })

  it.each([{}, { prompt: 'a', messages: [{ role: 'user', content: 'a' }] }])(
    'wants either a prompt or messages, not %j',
    (input) => expect(ask(input)).rejects.toMatchObject({ code: 'invalid' }),
  )

  it.each(['a b', 'a\nb', '', 'é', 'x'.repeat(201)])('refuses the call id %j', (once) =>
    expect(ask({ prompt: 'a', once })).rejects.toMatchObject({ code: 'invalid' }),
  )
})
