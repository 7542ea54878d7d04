// The doctor beside a server that runs: it looks, and takes nothing away.
import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { connect } from '#e2e/stage/client.ts'
import type { Client } from '#e2e/stage/client.ts'
import { ROOT, run } from '#e2e/stage/command.ts'
import { startServer } from '#e2e/stage/server.ts'
import type { StagedServer } from '#e2e/stage/server.ts'

let server: StagedServer
let client: Client

beforeAll(async () => {
  server = await startServer()
  client = await connect(server.url, server.ownerToken)
})
afterAll(async () => {
  await client.close()
  await server.close()
})

it('says that a sandbox starts here, and the next workspace lies in the data directory as before', async () => {
  expect(await (await fetch(`${server.url}/readyz`)).json()).toMatchObject({ sandbox: 'ready' })
  const doctor = [process.execPath, join(ROOT, 'server/fleet/doctor.ts')]
  const { code, stdout } = await run(doctor, { env: { CHISPART_DATA: server.dataDir } })
  expect([code, stdout]).toEqual([0, expect.stringContaining('A sandbox starts here.')])
  expect(await client.call('file.write', { path: 'kept', content: 'x' })).toMatchObject({ ok: true })
  const { workspaces } = (await client.call('workspace.list')) as unknown as { workspaces: { id: string }[] }
  await access(join(server.dataDir, 'fleet/sandboxes', workspaces[0]?.id ?? '', 'record.json'))
})
