import { afterAll, beforeAll, expect, it } from 'vitest'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startPostgres } from '#server/store/embedded.ts'
import { openQueue } from './queue.ts'

let dataDir = ''
let postgres: Awaited<ReturnType<typeof startPostgres>>
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'chispart-queue-'))
  postgres = await startPostgres({ dataDir, log: () => undefined })
})
afterAll(async () => {
  await postgres.stop()
  await rm(dataDir, { recursive: true })
})

it('is opened by several processes at once on a database that has none', async () => {
  const opening = Array.from({ length: 6 }, () => openQueue(postgres.url, ['shell', 'git']))
  const queues = await Promise.all(opening)
  expect(queues).toHaveLength(6)
  for (const queue of queues) await queue.close()
})
