import { describe, expect, it } from 'vitest'
import { parseClientFrame, parseServerFrame } from './message.ts'

describe('parseClientFrame', () => {
  it('reads the six frames of the seed as they are written there', () => {
    const frames = [
      { op: 'pair.init', device: 'android', nonce: 'n' },
      { op: 'pair.confirm', code: '123456' },
      { op: 'exec', pty: true, cwd: '/repo', cmd: 'git status' },
      { op: 'git.status', repo: '/repo' },
      { op: 'github.pr.create', repo: '/repo', base: 'main', head: 'feat/x', title: 't', body: 'b' },
      { op: 'llm.chat', provider: 'blackbox', model: 'm', messages: [] },
    ]
    for (const { op, ...input } of frames)
      expect(parseClientFrame(JSON.stringify({ op, ...input }))).toEqual({
        kind: 'call',
        id: undefined,
        op,
        input,
      })
  })

  it("reads the seed's MCP contract", () => {
    const frame = { id: 'call-1', tool: 'shell.exec', input: { cmd: 'npm run build' } }
    expect(parseClientFrame(JSON.stringify(frame))).toEqual({
      kind: 'tool',
      id: 'call-1',
      op: 'shell.exec',
      input: frame.input,
    })
  })

  it.each([
    ['{', 'malformed'],
    ['[]', 'malformed'],
    ['null', 'malformed'],
    ['"op"', 'malformed'],
    ['{}', 'invalid'],
    ['{"op":1}', 'invalid'],
    ['{"stream":0,"credit":1}', 'invalid'],
    ['{"stream":1,"credit":-1}', 'invalid'],
    ['{"stream":1,"credit":1,"extra":1}', 'invalid'],
  ])('refuses %s as %s', (text, code) => {
    expect(() => parseClientFrame(text)).toThrow(expect.objectContaining({ code }))
  })

  it('keeps a hostile key a plain field', () => {
    const frame = parseClientFrame('{"op":"exec","__proto__":{"polluted":1}}')
    expect(frame.kind).toBe('call')
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })
})

describe('parseServerFrame', () => {
  it('reads answers, events, pongs and news of a stream', () => {
    for (const frame of [
      { id: 1, ok: true, exitCode: 0 },
      { id: 1, event: { type: 'stdout', data: 'x' } },
      { pong: 3 },
      { stream: 4, end: true, exitCode: 1 },
    ])
      expect(parseServerFrame(JSON.stringify(frame))).toEqual(frame)
  })
})
