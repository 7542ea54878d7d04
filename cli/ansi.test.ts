import { expect, it } from 'vitest'
import { finalLine, logText, wholeText } from './ansi.ts'

it('a log keeps its colours where there may be some, and nothing else that moves a terminal', () => {
  const hostile = '\x1b[31mred\x1b[0m\x1b[2J\x1b]0;title\x07\x1b]52;c;aGk=\x1b\\\x1bc\x9b1mx\x07\tñ\n'
  expect(logText(hostile, true)).toBe('\x1b[31mred\x1b[0m1mx\tñ\n')
  expect(logText(hostile, false)).toBe('red1mx\tñ\n')
  expect(logText('\x1b]0;never ends', true)).toBe('')
})

it('a sequence that has only begun waits for its other half', () => {
  for (const text of ['\x1b[31mred\x1b[0m', '\x1b]0;title\x07x'])
    for (let cut = 0; cut <= text.length; cut++) {
      const [shown, waiting] = wholeText(text.slice(0, cut))
      expect(logText(shown, true) + logText(waiting + text.slice(cut), true)).toBe(logText(text, true))
    }
})

it('a line is what a carriage return leaves of it', () => {
  expect(finalLine('10%\r50%\r100%\r')).toBe('100%')
  expect(finalLine('')).toBe('')
})
