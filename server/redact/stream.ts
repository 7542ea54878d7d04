// Secrets in bytes that flow: redacted as they pass. It holds back no more than what may be the beginning of one.
import type { Redactor } from './redactor.ts'

export async function* redacted(
  { pass, all }: Redactor,
  source: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  let waiting: Uint8Array = new Uint8Array()
  for await (const bytes of source) {
    const passed = pass(waiting, bytes)
    waiting = passed.waiting
    if (passed.shown.length > 0) yield passed.shown
  }
  if (waiting.length > 0) yield all(waiting)
}
