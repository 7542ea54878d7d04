import { describe, expect, it } from 'vitest'
import { Fault } from '#dsl/fault.ts'
import { TEXT_MAX } from '#dsl/wire/message.ts'
import { CALLS_MAX, converse } from './conversation.ts'
import type { ConversationCall, Handler } from './conversation.ts'

function start(call: (call: ConversationCall) => Promise<Record<string, unknown>>) {
  const sent: Record<string, unknown>[] = []
  const waiting: ((frame: Record<string, unknown>) => void)[] = []
  const closed: Fault[] = []
  const refused: Fault[] = []
  const handler: Handler = {
    call,
    binary: () => undefined,
    stream: () => undefined,
    refused: (fault) => refused.push(fault),
  }
  const conversation = converse(
    {
      sendText(text) {
        const frame = JSON.parse(text) as Record<string, unknown>
        const next = waiting.shift()
        if (next) next(frame)
        else sent.push(frame)
      },
      sendBinary: () => undefined,
      drained: () => Promise.resolve(),
      close: (fault) => void closed.push(fault),
    },
    handler,
  )
  const next = async () =>
    sent.shift() ?? new Promise<Record<string, unknown>>((resolve) => waiting.push(resolve))
  return { conversation, next, closed, refused }
}

const stopped = ({ signal }: ConversationCall) =>
  new Promise<never>((_, reject) =>
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true }),
  )

describe('a conversation', () => {
  it('answers a call with its events first and its id on each', async () => {
    const { conversation, next } = start(async ({ op, input, emit }) => {
      await emit({ type: 'stdout', data: op })
      return { exitCode: 0, ...input }
    })
    conversation.text('{"id":"a","op":"exec","cmd":"ls"}')
    expect(await next()).toEqual({ id: 'a', event: { type: 'stdout', data: 'exec' } })
    expect(await next()).toEqual({ id: 'a', ok: true, exitCode: 0, cmd: 'ls' })
  })

  it('answers the tool contract in one frame', async () => {
    const { conversation, next } = start(async ({ emit }) => {
      await emit('one')
      return { exitCode: 3 }
    })
    conversation.text('{"id":7,"tool":"shell.exec","input":{"cmd":"x"}}')
    expect(await next()).toEqual({ id: 7, ok: true, stream: ['one'], exitCode: 3 })
  })

  it('cancels the named call and answers it as cancelled', async () => {
    const { conversation, next } = start(stopped)
    conversation.text('{"id":"a","op":"exec"}')
    conversation.text('{"cancel":"a"}')
    expect(await next()).toMatchObject({ id: 'a', ok: false, error: { code: 'cancelled' } })
  })

  it('answers a ping, and a frame that does not fit with its id', async () => {
    const { conversation, next } = start(stopped)
    conversation.text('{"ping":4}')
    expect(await next()).toEqual({ pong: 4 })
    conversation.text('{"id":"z","op":5}')
    expect(await next()).toMatchObject({ id: 'z', ok: false, error: { code: 'invalid' } })
    conversation.text('nonsense')
    expect(await next()).toMatchObject({ ok: false, error: { code: 'malformed' } })
  })

  it('tells its handler of every frame that does not fit, in words that repeat nothing of it', async () => {
    const { conversation, refused } = start(stopped)
    conversation.text('{"password":"hunter2')
    conversation.text('{"op":"exec","id":true}')
    conversation.binary(new Uint8Array(3))
    expect(refused.map(({ code }) => code)).toEqual(['malformed', 'invalid', 'malformed'])
    expect(refused.map(({ message }) => message).join()).not.toContain('hunter2')
  })

  it('keeps the text of an unknown error to itself', async () => {
    const { conversation, next } = start(() => Promise.reject(new Error('password=hunter2')))
    conversation.text('{"id":"a","op":"exec"}')
    expect(JSON.stringify(await next())).not.toContain('hunter2')
  })

  it('refuses the call past the limit and a second call of the same id', async () => {
    const { conversation, next } = start(stopped)
    conversation.text('{"id":0,"op":"exec"}')
    conversation.text('{"id":0,"op":"exec"}')
    expect(await next()).toMatchObject({ id: 0, error: { code: 'conflict' } })
    for (let id = 1; id <= CALLS_MAX; id++) conversation.text(`{"id":${id},"op":"exec"}`)
    expect(await next()).toMatchObject({ id: CALLS_MAX, error: { code: 'rate_limited' } })
  })

  it('ends the connection over a frame that is too large or too short', () => {
    const large = start(stopped)
    large.conversation.text(`"${'x'.repeat(TEXT_MAX)}"`)
    expect(large.closed[0]?.code).toBe('too_large')
    const short = start(stopped)
    short.conversation.binary(new Uint8Array(3))
    expect(short.closed[0]?.code).toBe('malformed')
  })

  it('cancels every call when the client leaves', async () => {
    const reasons: unknown[] = []
    const { conversation } = start((call) =>
      stopped(call).catch((error: unknown) => reasons.push(error) as never),
    )
    conversation.text('{"op":"exec"}')
    conversation.end()
    await Promise.resolve()
    expect(reasons[0]).toMatchObject({ code: 'cancelled' })
  })
})
