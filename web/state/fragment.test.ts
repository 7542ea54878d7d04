// What counts as a one-time code in a fragment.
import { describe, expect, it } from 'vitest'
import { codeOf } from './fragment.ts'

describe('a fragment', () => {
  it('gives the code of a link and of a pairing', () => {
    expect(codeOf('#link=a-B_9')).toEqual({ kind: 'link', code: 'a-B_9' })
    expect(codeOf('#pair=123456')).toEqual({ kind: 'pair', code: '123456' })
  })
  it('gives it at the end of a whole address too, as a person pastes it', () => {
    expect(codeOf(' http://localhost:3000/#link=abc\n')).toEqual({ kind: 'link', code: 'abc' })
  })
  it('gives nothing for any other text', () => {
    expect(['', '#', '#link=', '#link=a&b=c', '#other=1'].map(codeOf)).toEqual(Array(5).fill(undefined))
  })
})
