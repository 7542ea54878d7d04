// What every request in the server's own name has in common: how its answer is waited for, its body sent, its bytes counted.
// It decides nothing, and adds no header.
import type { ClientRequest, IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'

export function answered(upstream: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    upstream
      .once('response', resolve)
      .once('error', reject)
      .once('close', () => reject(new Error('closed')))
  })
}

/** An upload that breaks off ends the request, and so the answer. */
export async function upload(request: IncomingMessage, sent: Meter, upstream: ClientRequest): Promise<void> {
  await pipeline(request, sent, upstream).catch((error: Error) => upstream.destroy(error))
}

/** Ends it where the host falls silent, and lets no error of it go unheard. */
export function silence(upstream: ClientRequest): ClientRequest {
  upstream.once('timeout', () => upstream.destroy(new Error('The host fell silent.')))
  // Whoever waits hears of the first one; there may be more while it is taken down.
  return upstream.on('error', () => undefined)
}

/** The header that says where the body ends. */
export function framingOf(headers: IncomingHttpHeaders): 'content-length' | 'transfer-encoding' {
  return headers['transfer-encoding'] === undefined ? 'content-length' : 'transfer-encoding'
}

export interface Meter extends Transform {
  bytes: number
}

/** Counts what passes, and breaks at the limit. */
export function meter(limit: number): Meter {
  const counted: Meter = Object.assign(
    new Transform({
      transform(chunk: Buffer, _, done) {
        counted.bytes += chunk.length
        if (counted.bytes > limit) done(new Error('More bytes than one connection may carry.'))
        else done(null, chunk)
      },
    }),
    { bytes: 0 },
  )
  return counted
}
