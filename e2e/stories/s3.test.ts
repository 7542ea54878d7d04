// The store of blobs on a real S3 server: the contract that the one on disk holds, and what only a server can refuse.
import { createHash, randomUUID } from 'node:crypto'
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { blobStoreContract } from '#server/artifacts/blob-store-contract.ts'
import { sweep } from '#server/artifacts/retention.ts'
import { s3Blobs } from '#server/artifacts/s3-blobs.ts'
import { OWNER, openTestArtifacts, place } from '#server/artifacts/test-artifacts.ts'
import { cephPrograms } from '#e2e/double/ceph-packages.ts'
import { startS3 } from '#e2e/double/s3.ts'
import type { S3Double } from '#e2e/double/s3.ts'

const programs = await cephPrograms()

describe.skipIf(programs === undefined)('on a real S3 server', () => {
  let s3: S3Double
  let client: S3Client
  const bucket = `chispart-${randomUUID()}`

  beforeAll(async () => {
    s3 = await startS3(programs ?? '')
    client = new S3Client({
      endpoint: s3.endpoint,
      region: s3.region,
      forcePathStyle: true,
      credentials: { accessKeyId: s3.accessKey, secretAccessKey: s3.secretKey },
    })
    await client.send(new CreateBucketCommand({ Bucket: bucket }))
  }, 120_000)
  afterAll(async () => {
    client.destroy()
    await s3.close()
  })

  blobStoreContract({
    name: 'S3',
    open: () => s3Blobs({ ...s3, bucket }),
    async damage(_dir, sha256, bytes) {
      await client.send(new PutObjectCommand({ Bucket: bucket, Key: `sha256/${sha256}`, Body: bytes }))
    },
  })

  it('an artifact there is added, opened by its link, read as a log and swept', async () => {
    const blobs = s3Blobs({ ...s3, bucket })
    const stage = await openTestArtifacts()
    const artifacts = stage.open(blobs)
    try {
      const mine = artifacts.powerFor(OWNER, '')
      const log = await artifacts.keeper.log(place('build'))
      await log.append(0, Buffer.from('añadido\n'))
      await log.close()
      expect(await mine.log('r1', 'build', { offset: 1 })).toEqual({ text: 'ñadido\n', end: 9, open: false })
      const [made] = await mine.list('r1')
      if (made === undefined) throw new Error('the log became no artifact')
      const { url } = await mine.link(made.id)
      const response = await artifacts.routes().request(url, { headers: { range: 'bytes=3-8' } })
      expect([response.status, await response.text()]).toEqual([206, 'adido\n'])
      stage.pass(31 * 86_400_000)
      await sweep({ ...stage, blobs }, new AbortController().signal)
      expect(await blobs.head(made.sha256)).toBeUndefined()
    } finally {
      await artifacts.close()
      await stage.close()
      blobs.close()
    }
  })

  const UNKNOWN = createHash('sha256').update('never put').digest('hex')

  it.each([
    ['secret', { secretKey: 'x'.repeat(40) }, 'S3_SECRET_KEY'],
    ['access key', { accessKey: 'nobody' }, 'S3_ACCESS_KEY'],
  ])('a wrong %s is refused, and the fault says what to look at', async (_what, wrong, names) => {
    const store = s3Blobs({ ...s3, bucket, ...wrong })
    await expect(store.head(UNKNOWN)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining(names) as string,
    })
    store.close()
  })

  it('a bucket that is not there is named', async () => {
    const store = s3Blobs({ ...s3, bucket: 'no-such-bucket' })
    await expect(store.get({ sha256: UNKNOWN, bytes: 1 })).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('"no-such-bucket" is not there') as string,
    })
    store.close()
  })

  it('a server that is not there is unavailable, not missing', async () => {
    const store = s3Blobs({ ...s3, bucket, endpoint: 'http://127.0.0.1:1' })
    await expect(store.head(UNKNOWN)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('S3_ENDPOINT') as string,
    })
    store.close()
  })
})
