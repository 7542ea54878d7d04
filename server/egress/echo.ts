// Looks for a secret in what a host answers, in every form in which it was sent or is easily repeated, over the borders of
// chunks. What it holds back is no longer than the longest form; it never lets a found one through, nor any part behind it.
import { Transform } from 'node:stream'
import { Fault } from '#dsl/fault.ts'
import { base64At, quoted } from '#server/redact/forms.ts'

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
    ...[secret, sent].flatMap((text) => [...quoted(text), Buffer.from(text).toString('hex')]),
    ...[0, 1, 2].flatMap((shift) => base64At(Buffer.from(secret), shift)),
  ]
  const forms = [...new Set(texts)].map((text) => Buffer.from(text, 'latin1'))
  return forms.sort((a, b) => b.length - a.length)
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
