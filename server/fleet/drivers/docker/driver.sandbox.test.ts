import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { meetingPoint, writeFixture } from '#server/fleet/driver-contract-inside.ts'
import { driverContract } from '#server/fleet/driver-contract.ts'
import type { SandboxSpec } from '#server/fleet/driver.ts'
import { chooseDriver } from '#server/fleet/drivers/choose.ts'
import { type DockerOptions, dockerDriver } from './driver.ts'
import { openTestEngine } from './test-engine.ts'

const MIB = 1_048_576
const LIMITS = { diskBytes: 16 * MIB, memoryBytes: 128 * MIB, pids: 64, cpus: 1 }
const spec = (id: string): SandboxSpec => ({ id, token: `${id}-`.padEnd(40, 'x'), limits: LIMITS })
const log = (): void => undefined

const engine = await openTestEngine()

if (typeof engine === 'string') {
  process.stderr.write(`\nThe Docker driver's tests are SKIPPED here: ${engine}.\n\n`)
  describe('The Docker driver', () => it.skip(`is not tested here: ${engine}`, () => undefined))
} else {
  const { socketPath, image } = engine
  const parts: Pick<DockerOptions, 'socketPath' | 'image' | 'log'> = { socketPath, image, log }
  afterAll(() => engine.close())

  driverContract({
    name: 'docker',
    capable: { quota: true, groups: true },
    make: (options) => dockerDriver({ ...options, ...parts }),
  })

  describe('A container of the docker driver', () => {
    it('is recorded by the engine without its token, without the engine, and with every lock', async () => {
      const folder = await mkdtemp(join(tmpdir(), 'docker-'))
      const meeting = meetingPoint()
      const runtimeDir = join(folder, 'runtime')
      await writeFixture(runtimeDir)
      const driver = dockerDriver({
        ...parts,
        dataDir: join(folder, 'data'),
        runtimeDir,
        exits: meeting.exits,
      })
      const arrival = meeting.next('locked')
      await driver.start(spec('locked'))
      const inside = await arrival
      const [found] = await engine.engine.listContainers({ filters: { name: ['locked'] } })
      const record = await engine.engine.getContainer(found?.Id ?? '').inspect()
      expect(JSON.stringify(record)).not.toContain(spec('locked').token)
      expect(JSON.stringify(record.Mounts)).not.toContain('docker.sock')
      expect(record.HostConfig).toMatchObject({
        Privileged: false,
        ReadonlyRootfs: true,
        NetworkMode: 'none',
        CapDrop: ['ALL'],
        PidsLimit: LIMITS.pids,
        Memory: LIMITS.memoryBytes,
        MemorySwap: LIMITS.memoryBytes,
        NanoCpus: 1e9,
      })
      expect((await inside.run('ls -d /repo /etc/resolv.conf && cat /etc/resolv.conf')).out).not.toMatch(
        /nameserver/,
      )

      const ended = new Promise((done) => driver.onExit((id, reason) => done([id, reason])))
      void inside.run(`kill -9 ${inside.pid}`)
      expect(await ended).toEqual(['locked', 'killed'])
      await driver.remove('locked')
      await driver.close()
      await rm(folder, { recursive: true })
    })

    it('that its own runtime fills ends as out of memory', async () => {
      const folder = await mkdtemp(join(tmpdir(), 'docker-'))
      const runtimeDir = join(folder, 'runtime')
      await writeFixture(runtimeDir)
      await writeFile(join(runtimeDir, 'main.js'), 'const all = []; for (;;) all.push(Buffer.alloc(8e6, 1))')
      const { exits } = meetingPoint()
      const driver = dockerDriver({ ...parts, dataDir: join(folder, 'data'), runtimeDir, exits })
      const ended = new Promise((done) => driver.onExit((id, reason) => done([id, reason])))
      await driver.start(spec('hog'))
      expect(await ended).toEqual(['hog', 'oom'])
      await driver.remove('hog')
      await driver.close()
      await rm(folder, { recursive: true })
    })

    it('that cannot be had is told with its remedy: no image, no engine', async () => {
      const folder = await mkdtemp(join(tmpdir(), 'docker-'))
      const { exits } = meetingPoint()
      const options = { ...parts, dataDir: join(folder, 'data'), runtimeDir: folder, exits }
      const imageless = dockerDriver({ ...options, image: 'nobody-made-this' })
      expect(await imageless.probe()).toMatchObject({
        remedy: expect.stringContaining('docker build') as string,
      })
      await imageless.close()
      const alone = dockerDriver({ ...options, socketPath: join(folder, 'no.sock') })
      expect(await alone.probe()).toMatchObject({ remedy: expect.stringContaining('systemctl') as string })
      await expect(alone.start(spec('nobody'))).rejects.toMatchObject({ code: 'unavailable' })
      await alone.close()
      await rm(folder, { recursive: true })
    })

    it('is chosen by itself where bubblewrap cannot work and an engine answers', async () => {
      const folder = await mkdtemp(join(tmpdir(), 'docker-'))
      const { exits } = meetingPoint()
      const choice = { kind: 'auto', dockerHost: `unix://${socketPath}`, image } as const
      const options = { dataDir: join(folder, 'data'), runtimeDir: join(folder, 'runtime'), exits, log }
      await writeFixture(options.runtimeDir)
      const unable = await chooseDriver(choice, { ...options, nodeBinary: join(folder, 'no-node') })
      const able = await chooseDriver(choice, { ...options, nodeBinary: process.execPath })
      expect([unable.name, able.name]).toEqual(['docker', 'bubblewrap'])
      await unable.close()
      await able.close()
      await rm(folder, { recursive: true })
    })
  })
}
