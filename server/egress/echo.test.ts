import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { describe, expect, it } from 'vitest'
import { Echoed, echoGuard, formsOf, holdsEcho } from './echo.ts'

const SECRET = 'npm_S3cret"<&>+/=of-a-registry'
const BASIC = `Basic ${Buffer.from(`ci:${SECRET}`).toString('base64')}`
const FORMS = formsOf(SECRET, BASIC)

/** What comes out of it, and whether it broke. */
async function passed(chunks: readonly Buffer[]): Promise<{ out: string; broke: boolean }> {
  const guard = echoGuard(FORMS)
  let out = ''
  guard.on('data', (bytes: Buffer) => (out += bytes.toString('latin1')))
  const broke = await pipeline(Readable.from(chunks), guard).then(
    () => false,
    (error: unknown) => {
      if (!(error instanceof Echoed)) throw error
      expect(String(error) + JSON.stringify(error)).not.toContain(SECRET)
      return true
    },
  )
  return { out, broke }
}

const whole = Buffer.from(`ci:${SECRET}`)

describe('an answer', () => {
  it.each([
    ['as it is', SECRET],
    ['as it was sent', BASIC],
    ['without its scheme', BASIC.slice(6)],
    ['in JSON', JSON.stringify({ authorization: SECRET })],
    [
      'in HTML',
      SECRET.replaceAll('&', '&amp;')
        .replaceAll('<', '&lt;')
        .replaceAll('>', '&gt;')
        .replaceAll('"', '&quot;'),
    ],
    ['in a URL', encodeURIComponent(SECRET)],
    ['in hex', Buffer.from(SECRET).toString('hex')],
    ...[0, 1, 2, 3, 4].map((n): [string, string] => [
      `in base64 behind ${n} letters`,
      Buffer.from(`${'x'.repeat(n)}${SECRET}`).toString('base64'),
    ]),
    ['in base64 of URLs', whole.toString('base64url')],
  ])('that repeats the secret %s lets none of it through, wherever it is cut', async (_, repeated) => {
    expect(holdsEcho(`a header with ${repeated}`, FORMS)).toBe(true)
    const before = 'what came before it\n'
    const bytes = Buffer.from(`${before}${repeated} and what came after`)
    for (let cut = before.length; cut <= before.length + repeated.length; cut++) {
      const { out, broke } = await passed([bytes.subarray(0, cut), bytes.subarray(cut)])
      expect([broke, before.startsWith(out)]).toEqual([true, true])
    }
    const { broke } = await passed([...bytes].map((byte) => Buffer.from([byte])))
    expect(broke).toBe(true)
  })

  it.each([
    ['nothing', []],
    ['a part of it', [SECRET.slice(0, -1), ' and more']],
    [
      'many bytes in odd pieces',
      Array.from({ length: 99 }, (_, n) => `${SECRET.slice(0, n % 20)}${'.'.repeat(n)}`),
    ],
  ])('that holds %s passes whole', async (_, texts) => {
    const { out, broke } = await passed(texts.map((text) => Buffer.from(text)))
    expect([out, broke]).toEqual([texts.join(''), false])
  })
})
