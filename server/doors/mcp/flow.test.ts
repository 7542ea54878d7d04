import { describe, expect, it } from 'vitest'
import { createFlow } from './flow.ts'

const NEVER = new AbortController().signal
/** Whether it has resolved when all that is due has happened. */
async function isDone(promise: Promise<void>): Promise<boolean> {
  let done = false
  void promise.then(() => (done = true))
  await new Promise(setImmediate)
  return done
}
function bytes(...parts: string[]): Response {
  const left = parts.map((part) => Buffer.from(part))
  const body = new ReadableStream({
    pull(controller) {
      const next = left.shift()
      if (next === undefined) controller.close()
      else controller.enqueue(next)
    },
  })
  return new Response(body)
}

describe('the flow of a response', () => {
  it('lets go on at once while little waits', async () => {
    const flow = createFlow(10)
    flow.sent(10)
    expect(await isDone(flow.drained(NEVER))).toBe(true)
  })

  it('lets wait while much does, until the client has read it', async () => {
    const flow = createFlow(10)
    const response = flow.through(bytes('x'.repeat(15), 'y'), () => undefined)
    flow.sent(16)
    const drained = flow.drained(NEVER)
    expect(await isDone(drained)).toBe(false)
    const reader = response.body!.getReader()
    await reader.read()
    expect(await isDone(drained)).toBe(true)
  })

  it('lets nobody wait for a client that is gone, or a call that is over', async () => {
    const [left, over] = [createFlow(10), new AbortController()]
    const response = left.through(bytes('x'), () => undefined)
    left.sent(11)
    const waits = left.drained(NEVER)
    const ends = left.drained(over.signal)
    over.abort()
    expect([await isDone(waits), await isDone(ends)]).toEqual([false, true])
    await response.body?.cancel()
    expect(await isDone(waits)).toBe(true)
    expect(await isDone(left.drained(NEVER))).toBe(true)
  })

  it.each([
    ['read', (response: Response) => response.text()],
    ['cancelled', (response: Response) => response.body?.cancel()],
    ['empty', () => undefined],
  ])('says that it is over when it is %s', async (how, act) => {
    let times = 0
    const response = createFlow().through(how === 'empty' ? new Response(null) : bytes('a', 'b'), () => {
      times += 1
    })
    await act(response)
    expect(times).toBe(1)
  })

  it('says that it is over when it breaks', async () => {
    let over = false
    const broken = new ReadableStream({ pull: () => Promise.reject(new Error('broken')) })
    const response = createFlow().through(new Response(broken), () => (over = true))
    await expect(response.text()).rejects.toThrow('broken')
    expect(over).toBe(true)
  })

  it('keeps status, headers and bytes', async () => {
    const told = new Response('told', { status: 404, headers: { 'x-a': 'b' } })
    const response = createFlow().through(told, () => undefined)
    expect([response.status, response.headers.get('x-a'), await response.text()]).toEqual([404, 'b', 'told'])
  })
})
