import { describe, expect, it } from 'vitest'
import { choose } from './terminal.ts'

const terminal = (id: string, name = 'bash', exitCode?: number) => ({
  id,
  name,
  title: '',
  cwd: '/work/app',
  cols: 80,
  rows: 24,
  startedAt: '2026-01-01T00:00:00.000Z',
  attached: 0,
  ...(exitCode === undefined ? {} : { exitCode }),
})

describe('the terminal that is meant', () => {
  it('is the only one that runs when none is named', () => {
    expect(choose([terminal('a', 'x', 0), terminal('b')], undefined)).toBe('b')
    expect(() => choose([terminal('a', 'x', 0)], undefined)).toThrow('chispart shell opens one')
    expect(() => choose([terminal('a'), terminal('b')], undefined)).toThrow('a (bash in /work/app), b')
  })

  it('is that of the id, ended or not, or the only one of the name', () => {
    const all = [terminal('a', 'x', 0), terminal('b', 'y'), terminal('c', 'z'), terminal('d', 'z')]
    expect(choose(all, 'a')).toBe('a')
    expect(choose(all, 'y')).toBe('b')
    expect(() => choose(all, 'z')).toThrow('Which one?')
    expect(() => choose(all, 'q')).toThrow('no such terminal')
  })
})
