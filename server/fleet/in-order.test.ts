import { describe, expect, it } from 'vitest'
import { inOrder } from './in-order.ts'

describe('what goes on in order', () => {
  it('is a few at a time, and never one before who came first', async () => {
    const run = inOrder(2)
    const began: number[] = []
    const ends: PromiseWithResolvers<void>[] = []
    const all = [0, 1, 2, 3, 4].map((n) =>
      run(async () => {
        began.push(n)
        const end = (ends[n] = Promise.withResolvers<void>())
        await end.promise
        return n
      }),
    )
    expect(began).toEqual([0, 1])
    ends[1]?.resolve()
    await all[1]
    await Promise.resolve()
    expect(began).toEqual([0, 1, 2])
    for (const n of [0, 2, 3, 4]) {
      ends[n]?.resolve()
      await all[n]
    }
    expect(await Promise.all(all)).toEqual([0, 1, 2, 3, 4])
  })

  it('leaves its place to the next when it fails, and is empty again in the end', async () => {
    const run = inOrder(1)
    const failed = run(() => Promise.reject(new Error('no')))
    const next = run(() => Promise.resolve('yes'))
    await expect(failed).rejects.toThrow('no')
    expect(await next).toBe('yes')
    expect(await run(() => Promise.resolve('again'))).toBe('again')
  })
})
