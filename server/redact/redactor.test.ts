import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRedactor } from './redactor.ts'
import type { Redactor } from './redactor.ts'

const TOKEN = 'ghp_0aB1cD2eF3gH4iJ5kL6mN7oP8qR9sT'
const PASSWORD = `p@ss w'rd & "more" +/<1>`
const PEM = [
  '-----BEGIN KEY-----',
  'MIIBVQIBADANBgkqhkiG9w0B',
  'AQEFAASCAT8wggE7AgEAAkEA',
  '-----END KEY-----',
].join('\n')
const KNOWN = [
  { value: TOKEN, label: 'GITHUB_TOKEN' },
  { value: PASSWORD, label: '0badcafe' },
  { value: PEM, label: '5eed5eed' },
]
const redactor = createRedactor(KNOWN)
const MARK = '***[GITHUB_TOKEN]***'.padEnd(TOKEN.length, '*')

function pieces(from: Redactor, bytes: Uint8Array, cuts: readonly number[]): Buffer {
  const shown: Uint8Array[] = []
  let waiting: Uint8Array = new Uint8Array()
  const ends = [...new Set(cuts), bytes.length].filter((cut) => cut <= bytes.length).sort((a, b) => a - b)
  let at = 0
  for (const end of ends) {
    const passed = from.pass(waiting, bytes.subarray(at, end))
    shown.push(passed.shown)
    waiting = passed.waiting
    at = end
  }
  return Buffer.concat([...shown, from.all(waiting)])
}

describe('a secret in a text', () => {
  it('is told by its label, and takes as much room as before', () => {
    expect(redactor.text(`token=${TOKEN}; next`)).toBe(`token=${MARK}; next`)
    expect(redactor.text(`${TOKEN}${TOKEN}`)).toHaveLength(2 * TOKEN.length)
  })

  it('leaves every other text as it is, and as the same string', () => {
    const text = `commit ${'0123456789abcdef'.repeat(3)} sha512-abc== ghp_other \${{ inputs.x }} ${TOKEN.slice(1)}`
    expect(redactor.text(text)).toBe(text)
    expect(createRedactor([]).text(TOKEN)).toBe(TOKEN)
    expect(createRedactor([{ value: 'short', label: 'x' }]).text('a short word')).toBe('a short word')
  })

  it.each([
    ['JSON', JSON.stringify({ PASSWORD })],
    ['an address', `https://a:${encodeURIComponent(PASSWORD)}@host/`],
    ['a form', new URLSearchParams({ PASSWORD }).toString()],
    ['a shell', `'${PASSWORD.replaceAll("'", String.raw`'\''`)}'`],
    ['hex', Buffer.from(PASSWORD).toString('hex')],
    ['xxd', execFileSync('od', ['-An', '-tx1'], { input: TOKEN }).toString().replaceAll(' ', '')],
    ['base64', Buffer.from(PASSWORD).toString('base64')],
    ['base64 behind one byte', Buffer.from(`:${PASSWORD}`).toString('base64')],
    ['base64 behind two bytes', Buffer.from(`u:${PASSWORD}`).toString('base64')],
    ['base64 of an address', Buffer.from(`user:${PASSWORD}\n`).toString('base64url')],
    ['base64 in lines', execFileSync('base64', ['-w', '16'], { input: `a ${TOKEN} b` }).toString()],
    ['a key in one line', PEM.replaceAll('\n', String.raw`\n`)],
    ['a key by its lines', PEM.replaceAll('\n', '\r\n')],
    ['one line of a key', PEM.split('\n')[1] ?? ''],
    ['colours', `\x1b[31m${[...TOKEN].join('\x1b[1;32m')}\x1b[0m`],
    ['a narrow terminal', TOKEN.replaceAll(/.{7}/g, '$&\r\n')],
  ])('is found in %s', (_, text) => {
    const shown = redactor.text(text)
    expect(shown).toHaveLength(text.length)
    expect(shown.replaceAll(/[^*]/g, '').length).toBeGreaterThan(6)
    // What is left of it is no more than what its neighbours had a part in.
    const kept = [...text].filter((letter, at) => letter === shown[at] && /[A-Za-z0-9]/.test(letter)).length
    const own = [...text].filter((letter) => /[A-Za-z0-9]/.test(letter)).length
    expect(own - kept).toBeGreaterThan(6)
    for (const secret of [TOKEN, PASSWORD, PEM.split('\n')[1] ?? '']) expect(shown).not.toContain(secret)
  })

  it('is found in base64 wherever its lines end', () => {
    const text = Buffer.from(`user: ${TOKEN}`).toString('base64')
    for (let width = 4; width < text.length; width++) {
      const shown = redactor
        .text(text.replaceAll(new RegExp(`.{${width}}`, 'g'), '$&\n'))
        .replaceAll('\n', '')
      expect([width, shown.slice(12, -3)]).toEqual([width, expect.stringMatching(/^[*\w[\]]*$/)])
      expect([width, shown.includes(text.slice(16, 24)), shown.includes(text.slice(-16, -8))]).toEqual([
        width,
        false,
        false,
      ])
    }
  })

  it('keeps the colours that stand in the middle of it', () => {
    const [a, b] = [TOKEN.slice(0, 10), TOKEN.slice(10)]
    expect(redactor.text(`\x1b[1m${a}\x1b[31m${b}`)).toBe(
      `\x1b[1m${MARK.slice(0, 10)}\x1b[31m${MARK.slice(10)}`,
    )
  })
})

describe('a text in pieces', () => {
  const words = fc.array(
    fc.oneof(
      fc.constantFrom(
        TOKEN,
        PASSWORD,
        PEM,
        TOKEN.slice(0, 9),
        TOKEN.slice(9),
        'ghp_',
        '\x1b[31',
        'm',
        '\r\n',
        '\x1b',
      ),
      fc.constantFrom(Buffer.from(TOKEN).toString('base64'), encodeURIComponent(PASSWORD)),
      fc.string(),
    ),
  )

  it('is shown as if it had come at once, wherever it is cut', () => {
    fc.assert(
      fc.property(words, fc.array(fc.nat(400)), (texts, cuts) => {
        const bytes = Buffer.from(texts.join(''))
        const whole = Buffer.from(redactor.all(bytes))
        expect(pieces(redactor, bytes, cuts).equals(whole)).toBe(true)
        expect(whole).toHaveLength(bytes.length)
        for (const { value } of KNOWN) expect(whole.toString()).not.toContain(value)
      }),
      { numRuns: 1000 },
    )
  })

  it('is shown at once but for what may be the beginning of a secret', () => {
    const { shown, waiting } = redactor.pass(new Uint8Array(), Buffer.from('a prompt $ ghp_0a'))
    expect([Buffer.from(shown).toString(), Buffer.from(waiting).toString()]).toEqual([
      'a prompt $ ',
      'ghp_0a',
    ])
    expect(redactor.pass(waiting, Buffer.from('?')).waiting).toHaveLength(0)
  })

  it('that overlaps itself for ever does not wait for ever', () => {
    const zeros = createRedactor([{ value: '0'.repeat(32), label: 'x' }])
    let waiting: Uint8Array = new Uint8Array()
    let seen = 0
    for (let n = 0; n < 40; n++) {
      const passed = zeros.pass(waiting, Buffer.alloc(8192, '0'))
      waiting = passed.waiting
      seen += Buffer.from(passed.shown).toString().replaceAll(/[^0]/g, '').length
    }
    expect(waiting.length).toBeLessThan(100_000)
    expect(seen).toBe(0)
  })

  it('of some megabytes is read in less than a second for each ten', () => {
    const many = Array.from({ length: 100 }, (_, n) => ({
      value: `${n}-${'a-secret'.repeat(4)}-${n}`,
      label: String(n),
    }))
    const large = createRedactor(many)
    const text = Buffer.from(
      'The quick brown fox jumps over the lazy dog, 0123456789 times; a-secret or two.\n'.repeat(64_000),
    )
    const began = performance.now()
    expect(large.all(text)).toBe(text)
    expect((performance.now() - began) / (text.length / 10_485_760)).toBeLessThan(3000)
  })
})
