// Blobs as objects of a bucket, `sha256/abcd…`, on any S3 that speaks version 4 signatures. It never makes the bucket.
import { NoSuchKey, NotFound, S3Client, S3ServiceException } from '@aws-sdk/client-s3'
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  paginateListObjectsV2,
} from '@aws-sdk/client-s3'
import { Upload } from '@aws-sdk/lib-storage'
import type { Readable } from 'node:stream'
import { Fault } from '#dsl/fault.ts'
import { checkedSha256, damagedBlob, goneBlob, isSha256 } from './blob-store.ts'
import type { Blob, BlobStore, ByteRange } from './blob-store.ts'
import type { Staged } from './staging.ts'
import { verified } from './verified.ts'

export interface S3Options {
  /** `https://host[:port]` */
  readonly endpoint: string
  readonly accessKey: string
  readonly secretKey: string
  readonly bucket: string
  readonly region: string
}

const PREFIX = 'sha256/'
const CONNECT_TIMEOUT_MS = 5_000
/** Without a byte in either direction. */
const IDLE_TIMEOUT_MS = 60_000
const PART_BYTES = 8 * 1_048_576
const PARTS_AT_ONCE = 2

export function s3Blobs({ endpoint, accessKey, secretKey, bucket, region }: S3Options): BlobStore {
  const client = new S3Client({
    endpoint,
    region,
    // Servers other than Amazon's seldom have a name for every bucket, and not all know its newer checksums.
    forcePathStyle: true,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    credentials: { accessKeyId: accessKey, secretAccessKey: secretKey },
    requestHandler: { connectionTimeout: CONNECT_TIMEOUT_MS, socketTimeout: IDLE_TIMEOUT_MS },
  })
  const at = (sha256: string) => ({ Bucket: bucket, Key: PREFIX + checkedSha256(sha256) })
  const told = (error: unknown): never => {
    throw asFault(error, bucket)
  }

  async function head(sha256: string): Promise<Blob | undefined> {
    const found = await client
      .send(new HeadObjectCommand(at(sha256)))
      .catch(absent)
      .catch(told)
    return found && { sha256, bytes: found.ContentLength ?? 0 }
  }

  async function put(staged: Staged): Promise<void> {
    const kept = await head(staged.sha256)
    if (kept?.bytes === staged.bytes) return
    const params = { ...at(staged.sha256), Body: staged.read(), ContentLength: staged.bytes }
    const upload = new Upload({ client, params, partSize: PART_BYTES, queueSize: PARTS_AT_ONCE })
    await upload.done().catch(told)
  }

  async function get(blob: Blob, range?: ByteRange): Promise<Readable> {
    const Range = range && `bytes=${range.start}-${range.end}`
    const found = await client
      .send(new GetObjectCommand({ ...at(blob.sha256), Range }))
      .catch(absent)
      .catch(told)
    if (found?.Body === undefined) throw goneBlob()
    const body = found.Body as Readable
    if (sizeOf(found) === blob.bytes) return range ? body : verified(body, blob)
    body.destroy()
    throw damagedBlob()
  }

  return {
    put,
    get,
    head,
    async *list() {
      const pages = paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: PREFIX })
      for await (const { Contents = [] } of pages) {
        for (const { Key = '', Size = 0 } of Contents) {
          const sha256 = Key.slice(PREFIX.length)
          if (isSha256(sha256)) yield { sha256, bytes: Size }
        }
      }
    },
    remove: async (sha256) => void (await client.send(new DeleteObjectCommand(at(sha256))).catch(told)),
    close: () => client.destroy(),
  }
}

/** Of the whole object, also when a range of it comes: `bytes 0-1/10`. */
function sizeOf({
  ContentRange,
  ContentLength,
}: {
  ContentRange?: string | undefined
  ContentLength?: number | undefined
}): number {
  return ContentRange === undefined ? (ContentLength ?? 0) : Number(ContentRange.split('/')[1])
}

function absent(error: unknown): undefined {
  if (error instanceof NotFound || error instanceof NoSuchKey) return
  throw error
}

const REFUSED = ['InvalidAccessKeyId', 'SignatureDoesNotMatch', 'AccessDenied', 'Forbidden']

function asFault(error: unknown, bucket: string): Fault {
  const name = error instanceof S3ServiceException ? error.name : ''
  const status = error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined
  if (name === 'NoSuchBucket')
    return new Fault('unavailable', `The bucket "${bucket}" is not there. Make it, or change S3_BUCKET.`, {
      cause: error,
    })
  if (REFUSED.includes(name) || status === 403)
    return new Fault(
      'unavailable',
      `The bucket "${bucket}" is closed to us. See S3_ACCESS_KEY, S3_SECRET_KEY and its policy.`,
      { cause: error },
    )
  return new Fault('unavailable', 'The S3 server that keeps artifacts does not answer. See S3_ENDPOINT.', {
    cause: error,
  })
}
