import { afterEach, describe, expect, it, vi } from 'vitest'
import { Fault } from '#dsl/fault.ts'
import { plain, printFault, printOutput } from './print.ts'

afterEach(() => vi.restoreAllMocks())

function told(act: () => void): { out: string; err: string } {
  const said = { out: '', err: '' }
  vi.spyOn(console, 'log').mockImplementation((text: string) => (said.out += `${text}\n`))
  vi.spyOn(console, 'error').mockImplementation((text: string) => (said.err += `${text}\n`))
  act()
  return said
}
const output = (value: Record<string, unknown>, json = false) => told(() => printOutput(value, { json })).out

describe('an answer', () => {
  it('is a table when it is a list', () => {
    const files = [
      { name: 'a', size: 1 },
      { name: 'long', kind: 'dir' },
    ]
    expect(output({ files })).toBe('name  size  kind\na     1\nlong        dir\n')
    expect(output({ files: [] })).toBe('')
  })

  it('is a line for each field when it is one thing, and JSON when asked', () => {
    expect(output({ workspace: { id: 'w1', name: 'x' } })).toBe('id    w1\nname  x\n')
    expect(output({ branch: 'main', ahead: 0 })).toBe('branch  main\nahead   0\n')
    expect(output({ branch: 'main', ahead: 0 }, true)).toBe('{"branch":"main","ahead":0}\n')
  })

  it("cannot move the person's cursor", () => {
    expect(output({ files: [{ name: 'a\x1b[2Jb\u009b1m\rc' }] })).toBe('name\na[2Jb1mc\n')
    expect(plain('a\tb\nc\x07\x7f')).toBe('a\tb\nc')
  })
})

describe('a fault', () => {
  const denied = new Fault('denied', 'The plan "gratis" does not list "rm x".', {
    data: { rule: 'R8', node: 'rm x', column: 5, allow: 'rm' },
  })

  it('says what would make it right', () => {
    expect(told(() => printFault(denied, { json: false }))).toEqual({
      out: '',
      err:
        'chispart: The plan "gratis" does not list "rm x".\n' +
        '  rule: R8\n  refused: rm x (column 5)\n  to allow it, add to the plan: "rm"\n',
    })
  })

  it('is one JSON object on standard error when asked', () => {
    expect(JSON.parse(told(() => printFault(denied, { json: true })).err)).toEqual({ error: denied.toJSON() })
  })

  it('lists every problem of an input', () => {
    const problems = [
      { field: 'a', problem: 'too long' },
      { field: 'b', problem: 'missing' },
    ]
    const fault = new Fault('invalid', 'Two fields do not fit.', { data: { problems } })
    expect(told(() => printFault(fault, { json: false })).err).toContain('  a: too long\n  b: missing\n')
  })
})
