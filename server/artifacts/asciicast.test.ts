import { buffer } from 'node:stream/consumers'
import { Readable } from 'node:stream'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CAST_NOTE, asciicast } from './asciicast.ts'

const SCREEN = { title: 'build', cols: 100, rows: 30 }
const BEGAN = Date.parse('2026-01-01T00:00:00.700Z')

async function cast(pieces: readonly (readonly [ms: number, bytes: string | Uint8Array])[], max?: number) {
  const written = pieces.map(([ms, bytes]) => ({
    writtenAt: new Date(BEGAN + ms),
    bytes: Buffer.from(bytes),
  }))
  const bytes = await buffer(asciicast(SCREEN, Readable.from(written), max))
  const lines = new TextDecoder('utf-8', { fatal: true }).decode(bytes).split('\n')
  expect(lines.pop()).toBe('')
  const [header, ...events] = lines.map((line) => JSON.parse(line) as unknown)
  return { header, events: events as [number, string, string][], size: bytes.length }
}

const shown = (events: [number, string, string][]) => events.map(([, , text]) => text).join('')

describe('a recording', () => {
  it('begins with the screen, then says when each piece was shown', async () => {
    const { header, events } = await cast([
      [0, '$ npm test\r\n'],
      [1500, '\u001b[32m✓\u001b[0m one\r\n'],
      [1400, 'two'],
    ])
    expect(header).toEqual({
      version: 2,
      width: 100,
      height: 30,
      timestamp: 1_767_225_600,
      title: 'build',
      env: { SHELL: '/bin/bash', TERM: 'xterm-256color' },
    })
    expect(events).toEqual([
      [0, 'o', '$ npm test\r\n'],
      [1.5, 'o', '\u001b[32m✓\u001b[0m one\r\n'],
      [1.5, 'o', 'two'],
    ])
  })

  it('has every character whole, wherever its bytes were cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: 'binary', maxLength: 60 }),
        fc.integer({ min: 1, max: 9 }),
        async (text, step) => {
          const bytes = Buffer.from(text)
          const pieces = Array.from({ length: Math.ceil(bytes.length / step) }, (_, n) => {
            return [n, bytes.subarray(n * step, (n + 1) * step)] as const
          })
          expect(shown((await cast([[0, '>'], ...pieces])).events)).toBe(`>${bytes.toString()}`)
        },
      ),
    )
  })

  it('shows what is no UTF-8, and half a character at its end, as such', async () => {
    const { events } = await cast([[0, Uint8Array.of(0x61, 0xff, 0xe2, 0x9c)]])
    expect(shown(events)).toBe('a\ufffd\ufffd')
  })

  it('ends at its limit, and says so', async () => {
    const piece = '\u001b'.repeat(100)
    const many = Array.from({ length: 50 }, (_, n) => [n, piece] as const)
    const { events, size } = await cast(many, 4000)
    expect(size).toBeLessThanOrEqual(4000 + 200)
    expect(shown(events)).toBe(piece.repeat(events.length - 1) + CAST_NOTE)
    expect(events.length).toBeGreaterThan(3)
  })

  it('of nothing is empty', async () => {
    expect((await cast([])).header).toBeUndefined()
  })
})
