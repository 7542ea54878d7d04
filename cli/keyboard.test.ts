import { describe, expect, it } from 'vitest'
import { createKeyboard } from './keyboard.ts'

const press = (...chunks: string[]) => {
  const keyboard = createKeyboard()
  const keys = chunks.map((chunk) => keyboard(Buffer.from(chunk)))
  return {
    text: Buffer.concat(keys.map(({ bytes }) => bytes)).toString(),
    detach: keys.some(({ detach }) => detach),
  }
}

describe('the keyboard', () => {
  it('passes every key on, whole characters of many bytes too', () => {
    expect(press('ls -l\r', '\x03', 'ñ漢🙂')).toEqual({ text: 'ls -l\r\x03ñ漢🙂', detach: false })
  })

  it('leaves at Ctrl-] d, in one chunk or in two, and drops what follows', () => {
    expect(press('ab\x1ddcd')).toEqual({ text: 'ab', detach: true })
    expect(press('ab\x1d', 'dcd')).toEqual({ text: 'ab', detach: true })
  })

  it('passes one Ctrl-] on for two, and both keys of any other pair', () => {
    expect(press('\x1d\x1d', 'd')).toEqual({ text: '\x1dd', detach: false })
    expect(press('\x1dx')).toEqual({ text: '\x1dx', detach: false })
  })
})
