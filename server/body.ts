// The body of an HTTP request as one JSON object. It knows no door and no op.
import type { Context } from 'hono'
import { Fault } from '#dsl/fault.ts'
import { TEXT_MAX } from '#dsl/wire/message.ts'

/** The body. Faults: malformed, too_large. */
export async function readObject(c: Context): Promise<Record<string, unknown>> {
  const type = c.req.header('content-type')?.split(';')[0]?.trim().toLowerCase()
  if (type !== 'application/json')
    throw new Fault('malformed', 'The body is one JSON object, with content-type: application/json.')
  const json = parseBody(await readBody(c))
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    throw new Fault('malformed', 'The body is one JSON object.')
  return json as Record<string, unknown>
}

/** By its headers alone (RFC 9112 §6.3). */
export function hasBody(c: Context): boolean {
  return Number(c.req.header('content-length') ?? 0) > 0 || c.req.header('transfer-encoding') !== undefined
}

/** The bytes as they came. Faults: too_large. */
export async function readBody(c: Context): Promise<Buffer> {
  const tooLarge = new Fault('too_large', `A body holds at most ${TEXT_MAX} bytes.`)
  if (Number(c.req.header('content-length') ?? 0) > TEXT_MAX) throw tooLarge
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of c.req.raw.body ?? []) {
    size += chunk.byteLength
    if (size > TEXT_MAX) throw tooLarge
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** Faults: malformed. */
export function parseBody(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString())
  } catch (cause) {
    throw new Fault('malformed', 'The body is not JSON.', { cause })
  }
}
