// Hostile output and pastes, on the real parser.
import { Terminal } from '@xterm/headless'
import { describe, expect, it } from 'vitest'
import { clipboardText, guard, safeLink, safePaste, safeTitle } from './hostile.ts'

function guarded(answers = true) {
  const xterm = new Terminal({ cols: 20, rows: 5, allowProposedApi: true })
  const offers: string[] = []
  const typed: string[] = []
  guard(xterm, { onOffer: (text) => offers.push(text), answers: () => answers })
  xterm.onData((text) => typed.push(text))
  const write = (text: string) => new Promise<void>((drawn) => xterm.write(text, drawn))
  const line = (row: number) => xterm.buffer.active.getLine(row)?.translateToString(true)
  return { offers, typed, write, line }
}

describe('a count', () => {
  it.each(['L', 'M', 'S', 'T', 'I', 'Z', 'b', '@', 'P', 'X', 'A', 'B', 'C', 'D', 'E', 'F'])(
    'of two thousand million before %s costs nothing',
    async (final) => {
      const { write, line } = guarded()
      const start = performance.now()
      await write(`x\x1b[2147483647${final}\x1b[H\x1b[2Jafter`)
      expect(performance.now() - start).toBeLessThan(1000)
      expect(line(0)).toBe('after')
    },
  )
  it('that fits the screen is obeyed', async () => {
    const { write, line } = guarded()
    await write('one\r\ntwo\x1b[H\x1b[2L')
    expect([line(0), line(2), line(3)]).toEqual(['', 'one', 'two'])
  })
})

describe('a question of a program', () => {
  const QUESTIONS =
    '\x1b[c\x1b[>c\x1b[6n\x1b[5n\x1b[?6n\x1b[?12$p\x1b[4$p\x1bP$qm\x1b\\\x1b]10;?\x07\x1b]4;1;?\x07'
  it('is answered by one client', async () => {
    const { write, typed } = guarded()
    await write(QUESTIONS)
    expect(typed.length).toBeGreaterThan(5)
    expect(typed.join('')).not.toMatch(/[\r\n]/)
  })
  it('is left unanswered by the others', async () => {
    const { write, typed } = guarded(false)
    await write(QUESTIONS)
    expect(typed).toEqual([])
  })
})

describe('the clipboard', () => {
  it('is offered text, and never asked for it', async () => {
    const { write, offers, typed } = guarded()
    await write(`\x1b]52;c;${btoa('copy me')}\x07\x1b]52;c;?\x07\x1b]52;c;%%%\x07`)
    expect([offers, typed]).toEqual([['copy me'], []])
  })
  it('takes neither controls nor more than a megabyte', () => {
    expect(clipboardText(`c;${btoa('a\x1b[31mb\tc')}`)).toBe('a[31mb\tc')
    expect(clipboardText(`c;${'A'.repeat(2_000_000)}`)).toBeUndefined()
  })
})

describe('a paste', () => {
  it('cannot leave the bracketed paste', () => {
    expect(safePaste('echo 1\x1b[201~\r\nrm -rf /\x9b201~\x03')).toBe('echo 1[201~\nrm -rf /201~')
  })
  it('keeps what is text', () => {
    expect(safePaste('tab\tñandú 日本語 👩\n')).toBe('tab\tñandú 日本語 👩\n')
  })
})

describe('a title', () => {
  it('has no controls, no turned direction, and fits a tab', () => {
    expect(safeTitle('  a\x07b\u202ec\x1b]0; ')).toBe('abc]0;')
    expect(safeTitle('x'.repeat(500))).toHaveLength(120)
  })
})

describe('a link', () => {
  it('is of the web, or no link', () => {
    expect(['https://a.example/b?c', 'HTTP://a.example'].map(safeLink)).toEqual([true, true])
    const others = [
      'javascript:alert(1)',
      'file:///etc/passwd',
      'data:text/html,x',
      'https://a b',
      'https://',
      'vscode://x',
    ]
    expect(others.filter(safeLink)).toEqual([])
  })
})
