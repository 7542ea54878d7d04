import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Duplex, pipeline } from 'node:stream'
import { afterAll, describe, expect, it } from 'vitest'
import { type Inside, meetingPoint, writeFixture } from '#server/fleet/driver-contract-inside.ts'
import { driverContract } from '#server/fleet/driver-contract.ts'
import type { SandboxSpec } from '#server/fleet/driver.ts'
import { whyUnpaced } from '#server/fleet/drivers/bubblewrap/test-limits.ts'
import { chooseDriver } from '#server/fleet/drivers/choose.ts'
import { poolContract } from '#server/fleet/pool/pool-contract.ts'
import { placeOf } from '#server/fleet/place/place.ts'
import { type DockerOptions, dockerDriver } from './driver.ts'
import { LABEL } from './image.ts'
import { PROFILE } from './seek.ts'
import { openTestEngine } from './test-engine.ts'

const MIB = 1_048_576
const LIMITS = { diskBytes: 16 * MIB, memoryBytes: 128 * MIB, pids: 64, cpus: 1 }
const spec = (id: string): SandboxSpec => ({ id, token: `${id}-`.padEnd(40, 'x'), limits: LIMITS })
const log = (): void => undefined

/** Why no container runs under our profile here. */
async function whyUnconfined(): Promise<string | undefined> {
  const enabled = await readFile('/sys/module/apparmor/parameters/enabled', 'utf8').catch(() => 'N')
  if (!enabled.startsWith('Y')) return 'the kernel has no AppArmor'
  const loaded = await readFile('/sys/kernel/security/apparmor/profiles', 'utf8').catch(() => '')
  return loaded.split('\n').includes(`${PROFILE} (enforce)`) ? undefined : 'it is not loaded'
}

const unconfined = await whyUnconfined()
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
    capable: { quota: true, groups: true, unpaced: await whyUnpaced() },
    make: (options) => dockerDriver({ ...options, ...parts }),
  })

  // Its disk has no size, and its sockets are a program's inside.
  const apart = await openTestEngine([], { isApart: true })
  if (typeof apart === 'string') throw new Error(apart)
  afterAll(() => apart.close())
  const { socketPath: far } = apart
  driverContract({
    name: 'docker (an engine apart)',
    capable: { quota: false, groups: true, unpaced: 'the disks of an engine apart are not known' },
    make: (options) => dockerDriver({ ...options, ...parts, socketPath: far }),
  })

  describe('A container of an engine apart', () => {
    const ECHO = `
      const all = Array.from({ length: 5 }, (_, n) => new Promise((done, fail) => {
        const sent = Buffer.alloc(1_200_000, n)
        const got = []
        const socket = require('net').connect({ path: '/run/chispart/egress.sock', allowHalfOpen: true })
        socket.on('error', fail).on('data', (bytes) => got.push(bytes)).end(sent)
        socket.once('end', () => done(Buffer.concat(got).equals(sent)))
      }))
      Promise.all(all).then((same) => console.log(same.every(Boolean)))`

    it(
      'carries many connections whole, both ways, and again after its tunnel was killed',
      { timeout: 120_000 },
      async () => {
        const folder = await mkdtemp(join(tmpdir(), 'docker-'))
        const meeting = meetingPoint()
        const runtimeDir = join(folder, 'runtime')
        await writeFixture(runtimeDir)
        const echo = (_: string, stream: Duplex): void => void pipeline(stream, stream, () => undefined)
        const exits = { link: meeting.exits.link, egress: echo }
        const data = join(folder, 'data')
        const driver = dockerDriver({ ...parts, socketPath: far, dataDir: data, runtimeDir, exits })
        const speak = (inside: Inside) => inside.run(`/opt/chispart/bin/node -e "${ECHO}"`)
        const arrival = meeting.next('far')
        await driver.start(spec('far'))
        const inside = await arrival
        expect(await speak(inside)).toMatchObject({ code: 0, out: 'true\n' })

        const back = meeting.next('far')
        const kill = 'for p in /proc/[0-9]*; do grep -qa "[t]unnel" $p/cmdline && kill -9 ${p#/proc/}; done'
        // Of the sandbox's own user nobody can.
        const seen = await inside.run(`${kill}; grep -la "[t]unnel" /proc/[0-9]*/cmdline`)
        expect(seen.out).toMatch(/cmdline/)
        const [found] = await apart.engine.listContainers({ filters: { name: ['-far$'] } })
        const container = apart.engine.getContainer(found?.Id ?? '')
        const exec = await container.exec({ Cmd: ['/bin/sh', '-c', kill], User: '0:0' })
        await exec.start({})
        const again = await back
        expect(again.pid).toBe(inside.pid)
        expect((await speak(again)).out).toBe('true\n')
        await driver.remove('far')
        expect((await apart.engine.listVolumes()).Volumes).toEqual([])
        await driver.close()
        await rm(folder, { recursive: true })
      },
    )
  })

  poolContract({ name: 'docker', make: (options) => dockerDriver({ ...options, ...parts }) })

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
      const mounts = record.Mounts.map(({ Type, Destination, RW }) => [Type, Destination, RW])
      expect(mounts.sort()).toEqual([
        ['bind', '/etc/group', false],
        ['bind', '/etc/hosts', false],
        ['bind', '/etc/passwd', false],
        ['bind', '/run/chispart', false],
        ['bind', '/work', true],
      ])
      expect(record.HostConfig).toMatchObject({
        Privileged: false,
        ReadonlyRootfs: true,
        NetworkMode: 'none',
        CapAdd: null,
        CapDrop: ['ALL'],
        SecurityOpt: ['no-new-privileges', expect.stringMatching(/^seccomp=\{/) as string],
        ReadonlyPaths: expect.arrayContaining(['/proc/sys', '/proc/sysrq-trigger']) as string[],
        MaskedPaths: expect.arrayContaining(['/proc/kcore', '/proc/keys', '/sys']) as string[],
        PidMode: '',
        UTSMode: '',
        IpcMode: 'private',
        CgroupnsMode: 'private',
        PidsLimit: LIMITS.pids,
        Memory: LIMITS.memoryBytes,
        MemorySwap: LIMITS.memoryBytes,
        CpuQuota: 100_000,
      })
      expect(record.HostConfig.Devices ?? []).toEqual([])
      // Names of the host's network are its own.
      expect((await inside.run('cat /etc/resolv.conf')).out).toBe('')
      expect((await inside.run('ls -d /repo')).out).toBe('/repo\n')

      const ended = new Promise((done) => driver.onExit((id, reason) => done([id, reason])))
      void inside.run(`kill -9 ${inside.pid}`)
      expect(await ended).toEqual(['locked', 'killed'])
      await driver.remove('locked')
      await driver.close()
      await rm(folder, { recursive: true })
    })

    it.skipIf(unconfined !== undefined)(
      `runs under the AppArmor profile "${PROFILE}"${unconfined === undefined ? '' : ` (not here: ${unconfined})`}`,
      async () => {
        const folder = await mkdtemp(join(tmpdir(), 'docker-'))
        const meeting = meetingPoint()
        const places = { dataDir: join(folder, 'data'), runtimeDir: join(folder, 'runtime') }
        await writeFixture(places.runtimeDir)
        const driver = dockerDriver({ ...parts, ...places, exits: meeting.exits })
        const arrival = meeting.next('confined')
        await driver.start(spec('confined'))
        const inside = await arrival
        expect((await inside.run('cat /proc/self/attr/current')).out).toBe(`${PROFILE} (enforce)\n`)
        await driver.remove('confined')
        await driver.close()
        await rm(folder, { recursive: true })
      },
    )

    it('that its own runtime fills ends as out of memory', async () => {
      const folder = await mkdtemp(join(tmpdir(), 'docker-'))
      const runtimeDir = join(folder, 'runtime')
      await writeFixture(runtimeDir)
      await writeFile(join(runtimeDir, 'main.js'), 'const all = []; for (;;) all.push(Buffer.alloc(8e6, 1))')
      const { exits } = meetingPoint()
      const driver = dockerDriver({ ...parts, dataDir: join(folder, 'data'), runtimeDir, exits })
      const ended = new Promise((done) => driver.onExit((id, reason) => done([id, reason])))
      // More CPU than the machine has is as much as it has.
      await driver.start({ ...spec('hog'), limits: { ...LIMITS, cpus: 512 } })
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
      const asked = [
        () => alone.start(spec('nobody')),
        () => alone.stop('nobody'),
        () => alone.stats('nobody'),
      ]
      for (const ask of asked) await expect(ask()).rejects.toMatchObject({ code: 'unavailable' })
      await alone.close()
      await rm(folder, { recursive: true })
    })

    it('has no image that would open it: one with volumes, one whose node can be read', async () => {
      const folder = await mkdtemp(join(tmpdir(), 'docker-'))
      const options = { ...parts, runtimeDir: join(folder, 'runtime'), exits: meetingPoint().exits }
      await writeFixture(options.runtimeDir)
      for (const [line, problem] of [
        ['VOLUME /more', 'declares volumes (/more)'],
        ['RUN ["/bin/chmod", "0755", "/opt/chispart/bin/node"]', 'may read /opt/chispart/bin/node'],
      ] as const) {
        const open = await engine.imageWith(line)
        const driver = dockerDriver({ ...options, dataDir: join(folder, 'data'), image: open })
        expect(await driver.probe()).toMatchObject({ problem: expect.stringContaining(problem) as string })
        await driver.close()
      }
      await rm(folder, { recursive: true })
    })

    it('starts again when its image was taken away in between, and leaves nothing of a trial', async () => {
      const folder = await mkdtemp(join(tmpdir(), 'docker-'))
      const meeting = meetingPoint()
      const places = { dataDir: join(folder, 'data'), runtimeDir: join(folder, 'runtime') }
      await writeFixture(places.runtimeDir)
      const driver = dockerDriver({ ...parts, ...places, exits: meeting.exits })
      expect(await driver.probe()).toBeUndefined()
      expect(await readdir(join(places.dataDir, 'fleet'))).toEqual(['sandboxes'])
      const tag = placeOf(places.dataDir, true).tag
      const filters = { label: [`${LABEL}=${tag}`] }
      for (const { Id } of await engine.engine.listImages({ filters }))
        await engine.engine.getImage(Id).remove({ force: true })
      const arrival = meeting.next('again')
      await driver.start(spec('again'))
      expect((await arrival).token).toBe(spec('again').token)
      await driver.remove('again')
      await driver.close()
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
