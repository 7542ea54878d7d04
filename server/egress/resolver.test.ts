import { describe, expect, it } from 'vitest'
import { createResolver } from './resolver.ts'

/** Lookups that end when the test says so. */
function stage() {
  const open = new Map<string, (addresses: readonly string[] | Error) => void>()
  const asked: string[] = []
  const resolve = createResolver((host) => {
    asked.push(host)
    return new Promise((done, fail) => {
      open.set(host, (answer) => (answer instanceof Error ? fail(answer) : done(answer)))
    })
  }, 2)
  return {
    resolve,
    asked,
    answer: (host: string, with_: readonly string[] | Error) => open.get(host)?.(with_),
  }
}

describe('the resolver', () => {
  it('asks two at once, and the next when one is answered or fails', async () => {
    const { resolve, asked, answer } = stage()
    const all = ['a', 'b', 'c', 'd'].map((host) => resolve(host))
    expect(asked).toEqual(['a', 'b'])
    answer('b', ['2.2.2.2'])
    expect(await all[1]).toEqual(['2.2.2.2'])
    await Promise.resolve()
    expect(asked).toEqual(['a', 'b', 'c'])
    answer('a', new Error('no such name'))
    await expect(all[0]).rejects.toThrow('no such name')
    await Promise.resolve()
    expect(asked).toEqual(['a', 'b', 'c', 'd'])
    answer('c', [])
    answer('d', ['4.4.4.4'])
    expect(await Promise.all(all.slice(2))).toEqual([[], ['4.4.4.4']])
  })

  it('asks once for who asks at the same time, and anew afterwards', async () => {
    const { resolve, asked, answer } = stage()
    const both = [resolve('a'), resolve('a')]
    answer('a', ['1.1.1.1'])
    expect(await Promise.all(both)).toEqual([['1.1.1.1'], ['1.1.1.1']])
    const again = resolve('a')
    answer('a', ['9.9.9.9'])
    expect(await again).toEqual(['9.9.9.9'])
    expect(asked).toEqual(['a', 'a'])
  })

  it('knows what the system knows', async () => {
    expect(await createResolver()('localhost')).toEqual(
      expect.arrayContaining([expect.stringMatching(/^(127\.|::1)/)]),
    )
  })
})
