// Keys typed into a break.
import { describe, expect, it } from 'vitest'
import { HELD_BYTES, HELD_MS, createHeld } from './held.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const textOf = (kept: Uint8Array[]) => kept.map((each) => new TextDecoder().decode(each)).join('')

describe('keys typed into a break', () => {
  it('come out once, in order', () => {
    const held = createHeld(() => 0)
    for (const key of 'ls\r') held.keep(bytes(key))
    expect([textOf(held.take()), held.take()]).toEqual(['ls\r', []])
  })
  it('are all forgotten when the first of them is old', () => {
    let now = 0
    const held = createHeld(() => now)
    held.keep(bytes('rm '))
    now = HELD_MS + 1
    held.keep(bytes('-r x\r'))
    expect(held.take()).toEqual([])
  })
  it('are not kept beyond their limit', () => {
    const held = createHeld(() => 0)
    held.keep(new Uint8Array(HELD_BYTES))
    held.keep(bytes('x'))
    expect(held.take()).toHaveLength(1)
  })
})
