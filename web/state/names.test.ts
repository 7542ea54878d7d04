// A name for a workspace, from the address of its repository.
import { describe, expect, it } from 'vitest'
import { nameOfRepo } from './names.ts'

describe('a proposed name', () => {
  it('is the last part of the address, in the letters that a workspace takes', () => {
    expect(nameOfRepo('https://github.com/ana/My.Project.git')).toBe('my-project')
    expect(nameOfRepo('git@github.com:ana/tool/')).toBe('tool')
  })
  it('is empty where the address has none', () => {
    expect([nameOfRepo(''), nameOfRepo('///')]).toEqual(['', ''])
  })
  it('never ends in a dash or passes 63 letters', () => {
    expect(nameOfRepo(`https://h/--${'a'.repeat(80)}--`)).toBe('a'.repeat(63))
  })
})
