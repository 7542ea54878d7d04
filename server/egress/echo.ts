// Looks for a secret in what a host answers, in every form in which it was sent or is easily repeated, over the borders of
// chunks. What it holds back is no longer than the longest form; it never lets a found one through, nor any part behind it.
import { Transform } from 'node:stream'
import { Fault } from '#dsl/fault.ts'

/** Is thrown into the stream where one is found; it holds nothing of it. */
export class Echoed extends Fault {
  constructor() {
    super('denied', 'The host repeated a credential.')
  }
}

/** The longest first. `authorization`: `Basic …` or `Bearer …`. */
export function formsOf(secret: string, authorization: string): readonly Buffer[] {
  const sent = authorization.replace(/^\w+ /, '')
  const texts = [
    ...[secret, sent],
    ...[secret, sent].flatMap((text) => [encodeURIComponent(text), Buffer.from(text).toString('hex')]),
    // As strings of JSON and HTML have them.
    ...[secret, sent].flatMap((text) => [JSON.stringify(text).slice(1, -1), html(text)]),
    ...[0, 1, 2].flatMap((shift) => base64At(secret, shift)),
  ]
  const forms = [...new Set(texts)].map((text) => Buffer.from(text, 'latin1'))
  return forms.sort((a, b) => b.length - a.length)
}

/** In the middle of something longer it begins at one of three places of a group. */
function base64At(text: string, shift: number): string[] {
  const all = Buffer.concat([Buffer.alloc(shift), Buffer.from(text)])
  const whole = all.toString('base64').replace(/=+$/, '')
  // What is shared with the neighbours' bits is left out at both ends.
  const inner = whole.slice(shift === 0 ? 0 : shift + 1, all.length % 3 === 0 ? undefined : -1)
  return [inner, inner.replaceAll('+', '-').replaceAll('/', '_')]
}

function html(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}

export function holdsEcho(text: string, forms: readonly Buffer[]): boolean {
  const bytes = Buffer.from(text, 'latin1')
  return forms.some((form) => bytes.includes(form))
}

/** Passes everything on but what is, or may become, one of the forms. Breaks with `Echoed`. */
export function echoGuard(forms: readonly Buffer[]): Transform {
  const most = Math.max(...forms.map(({ length }) => length)) - 1
  let held: Buffer = Buffer.alloc(0)
  return new Transform({
    transform(chunk: Buffer, _, done) {
      const bytes = held.length === 0 ? chunk : Buffer.concat([held, chunk])
      if (forms.some((form) => bytes.includes(form))) return done(new Echoed())
      const end = Math.max(0, bytes.length - most)
      held = bytes.subarray(end)
      done(null, bytes.subarray(0, end))
    },
    flush(done) {
      done(null, held)
    },
  })
}
