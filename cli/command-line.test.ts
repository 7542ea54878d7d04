import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { directoryFor, shellLine } from './command-line.ts'

describe('what stands behind --', () => {
  it('is a line of shell as typed when it is one word', () => {
    expect(shellLine(['git status && ls "$HOME"'])).toBe('git status && ls "$HOME"')
  })

  it('stays readable when several words need no quotes', () => {
    expect(shellLine(['git', 'log', '--max-count=3', 'src/a.ts'])).toBe('git log --max-count=3 src/a.ts')
  })

  it('reaches the program word for word, whatever the words hold', () => {
    const word = fc.string({ unit: 'binary', maxLength: 12 }).map((text) => text.replaceAll('\0', ''))
    const words = fc.array(word, { minLength: 1, maxLength: 5 })
    const heard = (line: string) => execFileSync('bash', ['-c', line]).toString().split('\0').slice(0, -1)
    fc.assert(
      fc.property(words, (given) => {
        expect(heard(shellLine(['printf', '%s\\0', ...given]))).toEqual(given)
      }),
      { numRuns: 60 },
    )
  })

  it('never makes an assignment of a word with "="', () => {
    expect(shellLine(['A=1', 'env'])).toBe("'A=1' env")
  })
})

describe('the directory', () => {
  it('is seen from where the person stands, for a runtime on this machine', () => {
    expect(directoryFor('sub', '/repo', '/repo/a')).toBe('/repo/a/sub')
    expect(directoryFor('/repo', '/home/x', '/home/x/a')).toBe('/repo')
    expect(directoryFor(undefined, '/repo', '/repo/a')).toBe('/repo/a')
  })

  it("is the runtime's own for a person who stands elsewhere and names none", () => {
    expect(directoryFor(undefined, '/repo', '/repository')).toBeUndefined()
    expect(directoryFor('b', '/repo', '/etc')).toBe('/etc/b')
  })

  it("is left to a server, whose paths are not this machine's", () => {
    expect(directoryFor('sub', undefined, '/repo/a')).toBe('sub')
    expect(directoryFor(undefined, undefined, '/repo/a')).toBeUndefined()
  })
})
