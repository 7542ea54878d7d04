import { describe, expect, it } from 'vitest'
import { Fault } from '#dsl/fault.ts'
import type { Op } from '#dsl/op.ts'
import { answerResult, faultResult, progressText } from './answer.ts'
import { keepEnds } from './kept.ts'
import { findTool } from './tools.ts'

const op = (name: string): Op => findTool(name) ?? expect.fail(`There is no ${name}.`)
function kept(events: readonly unknown[], max?: number) {
  const all = keepEnds(max)
  for (const event of events) all.take(event)
  return all
}
const texts = (content: readonly { type: string }[]) =>
  content.map((block) => ('text' in block ? String(block.text) : block.type))

describe('an answer', () => {
  it('says what was printed as it was printed, then the fields; a program reads both in one object', () => {
    const events = [
      { type: 'stdout', data: 'one\n' },
      { type: 'stderr', data: 'two\n' },
    ]
    const { content, structuredContent } = answerResult(op('exec'), { exitCode: 3 }, kept(events))
    expect(texts(content)).toEqual(['one\ntwo\n', '{"ok":true,"exitCode":3}'])
    expect(structuredContent).toEqual({ ok: true, stream: events, exitCode: 3 })
  })

  it('says what is missing of much output', () => {
    const much = kept([{ type: 'stdout', data: `${'a'.repeat(50)}${'b'.repeat(50)}` }], 20)
    const { content, structuredContent } = answerResult(op('exec'), { exitCode: 0 }, much)
    expect(texts(content)[0]).toBe(`${'a'.repeat(10)}\n[… 80 characters are left out …]\n${'b'.repeat(10)}`)
    expect(texts(content)[1]).toBe('{"ok":true,"truncated":true,"exitCode":0}')
    expect(structuredContent).toMatchObject({ truncated: true })
  })

  it('does not say twice what a model said, and says news that nothing else says', () => {
    const spoken = answerResult(op('llm.chat'), { text: 'hi' }, kept([{ type: 'text', data: 'hi' }]))
    expect(texts(spoken.content)).toEqual(['{"ok":true,"text":"hi"}'])
    const news = [{ type: 'run', cursor: 1 }]
    const watched = answerResult(op('run.watch'), { cursor: 1 }, kept(news))
    expect(texts(watched.content)).toEqual([JSON.stringify({ ok: true, stream: news, cursor: 1 })])
  })

  it('has an empty stream where nothing happened, and none where nothing can', () => {
    expect(answerResult(op('exec'), { exitCode: 0 }, kept([])).structuredContent).toEqual({
      ok: true,
      stream: [],
      exitCode: 0,
    })
    expect(answerResult(op('file.read'), {}, kept([])).structuredContent).toEqual({ ok: true })
  })

  it('links every address that its schema names as one', () => {
    const url = 'https://host/o/n/pull/7'
    for (const name of ['artifact.link', 'github.pr.create', 'github.pr.comment']) {
      const { content } = answerResult(op(name), { url }, kept([]))
      expect(content.at(-1)).toEqual({ type: 'resource_link', uri: url, name })
    }
    expect(answerResult(op('file.read'), { url }, kept([])).content).toHaveLength(1)
  })
})

describe('a fault', () => {
  it('is an error that the model reads, behind what was printed before', () => {
    const fault = new Fault('denied', 'No.', { data: { rule: 'R1' }, cause: new Error('secret') })
    const result = faultResult(fault, kept([{ type: 'stderr', data: 'so far\n' }]))
    expect(result).toMatchObject({ isError: true })
    expect(texts(result.content)).toEqual([
      'so far\n',
      '{"ok":false,"error":{"code":"denied","message":"No.","data":{"rule":"R1"}}}',
    ])
  })
})

describe('progress', () => {
  it('is the words of an event, or its JSON', () => {
    expect(progressText({ type: 'stdout', data: 'one\n' })).toBe('one\n')
    expect(progressText({ type: 'run', cursor: 1 })).toBe('{"type":"run","cursor":1}')
  })
})
