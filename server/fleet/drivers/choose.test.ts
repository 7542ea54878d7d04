import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { chooseDriver, type SandboxKind } from './choose.ts'

const exits = { link: () => undefined, egress: () => undefined }
let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'choose-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function chosen(kind: SandboxKind, dockerHost: string): Promise<string> {
  const places = { dataDir: join(folder, 'data'), runtimeDir: join(folder, 'runtime') }
  const parts = { ...places, nodeBinary: process.execPath, exits, log: () => undefined }
  const driver = await chooseDriver({ kind, dockerHost, image: 'any' }, parts)
  await driver.close()
  return driver.name
}

it('auto is bubblewrap where no engine answers, and an engine of another machine counts as none', async () => {
  expect(await chosen('auto', `unix://${folder}/no.sock`)).toBe('bubblewrap')
  expect(await chosen('auto', 'tcp://192.0.2.1:2376')).toBe('bubblewrap')
})

it('a driver that is named is taken, also when it cannot work', async () => {
  expect(await chosen('bubblewrap', 'tcp://192.0.2.1:2376')).toBe('bubblewrap')
  expect(await chosen('docker', `unix://${folder}/no.sock`)).toBe('docker')
})

it('refuses an engine that is not reached by a socket of this machine', async () => {
  await expect(chosen('docker', 'tcp://192.0.2.1:2376')).rejects.toMatchObject({ code: 'invalid' })
})
