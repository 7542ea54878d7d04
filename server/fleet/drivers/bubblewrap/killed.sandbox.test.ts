import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { meetingPoint, writeFixture } from '#server/fleet/driver-contract-inside.ts'
import type { SandboxSpec } from '#server/fleet/driver.ts'
import { type BubblewrapOptions, bubblewrapDriver } from './driver.ts'
import { readRecord } from './record.ts'

const SPEC: SandboxSpec = {
  id: 'lasting',
  token: 'x'.repeat(40),
  limits: { diskBytes: 33_554_432, memoryBytes: 268_435_456, pids: 64, cpus: 1 },
}

/** A server of its own: starts the sandbox, says so, and waits to be killed. */
function serverProgram(options: Pick<BubblewrapOptions, 'dataDir' | 'runtimeDir' | 'nodeBinary'>): string {
  return `
    import { bubblewrapDriver } from ${JSON.stringify(new URL('./driver.ts', import.meta.url).href)}
    const exits = { link: (_, s) => s.once('data', () => console.log('hello')), egress: () => {} }
    const driver = bubblewrapDriver({ ...${JSON.stringify(options)}, exits, log: () => {} })
    await driver.start(${JSON.stringify(SPEC)})
    setInterval(() => {}, 1e6)`
}

describe('A server that is killed with SIGKILL', () => {
  // Longer than a socket's address may be: a data directory can lie anywhere.
  const deep = 'a-long-name-of-a-folder-'.repeat(5)
  const meeting = meetingPoint()
  let folder = ''
  let options: BubblewrapOptions

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'killed-'))
    const runtimeDir = join(folder, 'runtime')
    await writeFixture(runtimeDir)
    const dataDir = join(folder, deep)
    options = {
      dataDir,
      runtimeDir,
      nodeBinary: process.execPath,
      exits: meeting.exits,
      log: () => undefined,
    }
  })

  afterAll(() => rm(folder, { recursive: true }))

  it('leaves its sandbox running, and the next server adopts it and ends it', async () => {
    const { dataDir, runtimeDir, nodeBinary } = options
    const program = serverProgram({ dataDir, runtimeDir, nodeBinary })
    const server = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await once(server.stdout, 'data')
    server.kill('SIGKILL')
    await once(server, 'exit')

    const driver = bubblewrapDriver(options)
    const arrival = meeting.next(SPEC.id)
    expect(await driver.adopt(SPEC)).toBe(true)
    const inside = await arrival
    expect(inside.token).toBe(SPEC.token)
    expect((await inside.run('echo alive')).out).toBe('alive\n')

    const ended = new Promise((done) => driver.onExit((id, reason) => done([id, reason])))
    inside.leave()
    expect(await ended).toEqual([SPEC.id, 'killed'])
    expect(await readRecord(join(dataDir, 'fleet', 'sandboxes', SPEC.id))).toBeUndefined()
    await driver.remove(SPEC.id)
    await driver.close()
  })
})
