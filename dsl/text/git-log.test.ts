import { describe, expect, it } from 'vitest'
import { parseLog } from './git-log.ts'

const commit = [
  'a1',
  'b2 c3',
  'Ana',
  'ana@x',
  '2026-01-01T00:00:00Z',
  '2026-01-02T00:00:00Z',
  'Merge',
  'Why\n\n',
]

describe('parseLog', () => {
  it('reads nothing as no commits', () => {
    expect(parseLog('')).toEqual([])
  })

  it('reads parents, people, times and a body of several lines', () => {
    expect(parseLog([...commit, ...commit, ''].join('\0'))).toHaveLength(2)
    expect(parseLog([...commit, ''].join('\0'))[0]).toMatchObject({
      id: 'a1',
      parents: ['b2', 'c3'],
      author: { name: 'Ana', email: 'ana@x' },
      body: 'Why',
    })
  })
})
