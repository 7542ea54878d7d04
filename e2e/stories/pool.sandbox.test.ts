// A new workspace gets a sandbox that waited; a server that was killed, or stops, leaves none of those behind.
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { connect } from '#e2e/stage/client.ts'
import type { Client } from '#e2e/stage/client.ts'
import { firstProcess } from '#e2e/stage/sandbox.ts'
import { startServer } from '#e2e/stage/server.ts'
import type { StagedServer } from '#e2e/stage/server.ts'

const SOON = { timeout: 30_000, interval: 50 }
let server: StagedServer
let client: Client

beforeAll(async () => {
  server = await startServer({ env: { CHISPART_POOL: '1' } })
  client = await connect(server.url, server.ownerToken)
})
afterAll(async () => {
  await client.close()
  await server.close()
})

const waiting = () => readdir(join(server.dataDir, 'fleet/pool')).catch(() => [])
const sandboxes = () => readdir(join(server.dataDir, 'fleet/sandboxes'))
/** The one that waits once it can be taken: its repository is there. */
const oneWaits = async () => {
  await expect.poll(waiting, SOON).toHaveLength(1)
  const [id = ''] = await waiting()
  await expect.poll(() => firstProcess(server.dataDir, id), SOON).toBeGreaterThan(0)
  return id
}
const create = async (name: string) => {
  const { workspace } = (await client.call('workspace.create', { name })) as unknown as {
    workspace: { id: string }
  }
  return workspace.id
}

it('is what the first terminal of a person opens in, and another one waits then', async () => {
  const waited = await oneWaits()
  // Until it can be taken, a workspace is made as ever.
  let made = ''
  for (let n = 0; made !== waited && n < 5; n += 1) made = await create(`first-${n}`)
  expect(made).toBe(waited)
  const { exitCode } = (await client.call('exec', { workspace: made, cmd: 'git status' })) as unknown as {
    exitCode: number
  }
  expect(exitCode).toBe(0)
  await expect.poll(waiting, SOON).not.toContain(waited)
})

it('is gone after its server was killed, and what became a workspace goes on', async () => {
  const left = await oneWaits()
  const { workspaces } = (await client.call('workspace.list')) as unknown as { workspaces: { id: string }[] }
  await client.close()
  server = await server.restart()
  client = await connect(server.url, server.ownerToken)
  await expect.poll(sandboxes, SOON).not.toContain(left)
  for (const { id } of workspaces) {
    expect(await sandboxes()).toContain(id)
    expect(await client.call('exec', { workspace: id, cmd: 'true' })).toMatchObject({ ok: true, exitCode: 0 })
  }
})

it('is gone when its server stops', async () => {
  const left = await oneWaits()
  await client.close()
  await server.stop('SIGTERM')
  expect(await sandboxes()).not.toContain(left)
  expect(await waiting()).toEqual([])
  server = await server.restart()
  client = await connect(server.url, server.ownerToken)
})
