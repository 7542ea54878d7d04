import { describe, expect, it } from 'vitest'
import { createSpool, HEAD_MAX } from './spool.ts'

const out = (data: string) => ({ type: 'stdout', data })
const numbers = (spool: ReturnType<typeof createSpool>, after = 0) => spool.after(after).map(({ n }) => n)

describe('the spool of a call', () => {
  it('numbers events and says how many bytes of text stand before each', () => {
    const spool = createSpool()
    expect([out('ñ'), out('ab'), out('')].map((event) => spool.add(event))).toMatchObject([
      { n: 1, at: 0 },
      { n: 2, at: 2 },
      { n: 3, at: 4 },
    ])
    expect(numbers(spool, 1)).toEqual([2, 3])
  })

  it('keeps what was acknowledged only of the start of each type', () => {
    const spool = createSpool()
    const half = 'x'.repeat(HEAD_MAX / 2)
    for (const event of [out(half), out(half), out('later'), { type: 'stderr', data: 'first' }, out('last')])
      spool.add(event)
    spool.acknowledge(4)
    expect(numbers(spool)).toEqual([1, 2, 4, 5])
  })

  it('has no room while too much waits, and again once that is acknowledged', async () => {
    const spool = createSpool(1000)
    spool.add(out('x'.repeat(500)))
    expect(spool.room()).toBeUndefined()
    spool.add(out('x'.repeat(500)))
    const room = spool.room()
    expect(room).toBeInstanceOf(Promise)
    spool.acknowledge(1)
    await room
    expect(spool.room()).toBeUndefined()
  })
})
