// GET /artifacts/:id: one artifact, to whoever has the signed link. It never asks who comes, and answers nothing that runs.
import { Readable } from 'node:stream'
import { Hono } from 'hono'
import type { Context } from 'hono'
import { Fault, toFault } from '#dsl/fault.ts'
import { createRateLimit } from '#server/auth/rate-limit.ts'
import { faultResponse } from '#server/doors/faults.ts'
import type { Audit } from '#server/events/audit.ts'
import type { Log } from '#server/log.ts'
import { findArtifact } from '#server/store/artifacts.ts'
import type { ArtifactRow } from '#server/store/artifacts.ts'
import type { Store } from '#server/store/store.ts'
import type { BlobStore } from './blob-store.ts'
import { attachment, safeType } from './disposition.ts'
import type { Links } from './link.ts'
import { parseRange } from './range.ts'

export interface DownloadParts {
  readonly store: Store
  readonly blobs: BlobStore
  readonly links: Links
  readonly audit: Audit
  readonly log: Log
  readonly now: () => Date
}

/** Refusals that are written down at once, and then one a second: a stranger must not fill the audit trail. */
const REFUSALS = { capacity: 100, everyMs: 1000 }

/** Behind the guard of the whole server. Faults: forbidden (the link), not_found (the artifact has gone). */
export function artifactRoutes(parts: DownloadParts): Hono {
  const app = new Hono()
  const refusals = createRateLimit(REFUSALS)
  app.get('/artifacts/:id', async (c) => {
    const id = c.req.param('id')
    const record = (outcome: string, reason?: string) =>
      parts.audit.record({
        action: 'artifact.download',
        outcome,
        door: 'link',
        target: id.slice(0, 64),
        reason,
      })
    try {
      const response = await download(parts, c, id)
      record('ok')
      return response
    } catch (error) {
      const fault = toFault(error)
      if (refusals.take('all')) record(fault.code, fault.message)
      if (fault.code === 'internal') parts.log.error({ err: fault.cause ?? fault, id }, 'a download broke')
      return faultResponse(c, fault)
    }
  })
  return app
}

async function download(parts: DownloadParts, c: Context, id: string): Promise<Response> {
  parts.links.check(id, new URL(c.req.url).searchParams, parts.now())
  const artifact = await findArtifact(parts.store, id, parts.now())
  if (!artifact) throw new Fault('not_found', 'This artifact is no longer kept.')
  const { bytes } = artifact
  const headers = headersOf(artifact)
  if (c.req.header('if-none-match') === headers.etag) return c.body(null, 304, headers)
  const wanted = c.req.header('if-range')
  const range =
    wanted === undefined || wanted === headers.etag ? parseRange(c.req.header('range'), bytes) : undefined
  if (range === 'unsatisfiable') return c.body(null, 416, { ...headers, 'content-range': `bytes */${bytes}` })
  const length = range ? range.end - range.start + 1 : bytes
  const part = range && { 'content-range': `bytes ${range.start}-${range.end}/${bytes}` }
  const all = { ...headers, ...part, 'content-length': String(length) }
  const status = range ? 206 : 200
  if (c.req.method === 'HEAD') return c.body(null, status, all)
  const stream = await parts.blobs.get(artifact, range)
  // The answer has begun, so all that is left is to break it off: the client misses bytes and knows it.
  stream.once('error', (error: unknown) => parts.log.error({ err: error, id }, 'a download broke off'))
  return c.body(web(stream), status, all)
}

const headersOf = ({ name, type, sha256 }: ArtifactRow) => ({
  'content-type': safeType(type),
  'content-disposition': attachment(name),
  'content-security-policy': "sandbox; default-src 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'accept-ranges': 'bytes',
  'cache-control': 'private, no-store',
  etag: `"${sha256}"`,
})

const web = (stream: Readable) => Readable.toWeb(stream) as ReadableStream<Uint8Array>
