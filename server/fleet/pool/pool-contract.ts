// What holds for a sandbox that waits, whatever it is made of: it is nobody's, reaches nothing, and becomes exactly what
// its workspace may have. Real sandboxes with the real runtime, attacked from inside.
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseRule } from '#server/egress/host.ts'
import { createNarrowing } from '#server/egress/narrowing.ts'
import { createEgress } from '#server/egress/proxy.ts'
import type { Driver, SandboxExits, SandboxLimits } from '#server/fleet/driver.ts'
import { createHub } from '#server/fleet/hub.ts'
import { createMux } from '#server/fleet/mux.ts'
import { clearRepository, ensureRepository } from '#server/fleet/repository.ts'
import { createPool } from './pool.ts'
import type { Pool, Pooled } from './pool.ts'

export interface PoolSubject {
  /** For the title. */
  readonly name: string
  make(options: { dataDir: string; runtimeDir: string; exits: SandboxExits }): Driver
}

const MIB = 1_048_576
const LIMITS: SandboxLimits = { diskBytes: 64 * MIB, memoryBytes: 512 * MIB, pids: 128, cpus: 1 }
const MORE: SandboxLimits = { ...LIMITS, diskBytes: 96 * MIB, pids: 200 }
const READY = { timeout: 30_000, interval: 20 }
const GET = String.raw`exec 3<>/dev/tcp/127.0.0.1/3128; printf 'GET http://one.test/ HTTP/1.1\r\nHost: one.test\r\n\r\n' >&3; head -n 1 <&3`
const log = pino({ level: 'silent' })

export function poolContract({ name, make }: PoolSubject): void {
  describe(`A sandbox that waits (${name})`, { timeout: 60_000 }, () => {
    const dials: string[] = []
    const hosts = ['one.test', 'two.test'].flatMap((text) => parseRule(text) ?? [])
    const narrowing = createNarrowing(new Map())
    const egress = createEgress({
      rules: (id) => Promise.resolve(narrowing.rulesFor(id, { allow: hosts, trusted: [] })),
      audit: { record: () => undefined },
      log,
      resolve: (host) => (dials.push(host), Promise.resolve(['93.184.215.14'])),
      connect: () => connect({ host: '127.0.0.1', port: 1 }),
    })
    let folder = ''
    let server: ReturnType<typeof newServer>
    let mine: Pooled

    function newServer(): { hub: ReturnType<typeof createHub>; driver: Driver; pool: Pool } {
      const hub = createHub(createMux(), log)
      const exits = { link: hub.accept, egress: egress.accept }
      const driver = make({ dataDir: join(folder, 'data'), runtimeDir: resolve('dist/runtime'), exits })
      const ready = () => Promise.resolve(undefined)
      const directory = join(folder, 'marks')
      const pool = createPool({ size: 1, directory, driver, hub, egress: narrowing, ready, log, refillMs: 0 })
      driver.onExit((id) => void pool.ended(id))
      return { hub, driver, pool }
    }

    const marked = () => readdir(join(folder, 'marks'))
    const waits = () => expect.poll(() => server.pool.waiting(), READY).toBe(1)

    const shell = async (id: string, cmd: string) => {
      const link = await server.hub.link(id, 1000)
      let out = ''
      const grant = { plan: 'libre', commands: ['*'], terminals: false }
      const signal = AbortSignal.timeout(20_000)
      const emit = (event: unknown) => Promise.resolve(void (out += (event as { data: string }).data))
      await link.call({ op: 'exec', input: { cmd, cwd: '..' }, grant, streams: [], signal, emit })
      return out
    }

    const take = async (limits: SandboxLimits): Promise<Pooled> => {
      let taken: Pooled | undefined
      await expect.poll(() => (taken ??= server.pool.take(limits)), READY).toBeDefined()
      return taken as Pooled
    }

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'pool-'))
      server = newServer()
      expect(await server.driver.probe()).toBeUndefined()
      server.pool.prepare(LIMITS)
    })
    afterAll(async () => {
      await server.pool.close()
      await server.driver.remove(mine.id)
      server.hub.close()
      await egress.close()
      await server.driver.close()
      await rm(folder, { recursive: true })
    })

    it('reaches no host, also none that every workspace may', async () => {
      await waits()
      const [id = ''] = await marked()
      expect(await shell(id, GET)).toMatch(/^HTTP\/1\.1 403 /)
      expect(dials).toEqual([])
    })

    it('is taken by who wants exactly its limits, and reaches what that one may once it is settled', async () => {
      mine = await take(LIMITS)
      expect(await shell(mine.id, GET)).toMatch(/^HTTP\/1\.1 403 /)
      expect(dials).toEqual([])
      await server.pool.settle(mine.id)
      narrowing.narrow(mine.id, ['two.test'])
      expect(await shell(mine.id, GET)).toMatch(/^HTTP\/1\.1 403 /)
      narrowing.forget(mine.id)
      expect(await shell(mine.id, GET)).not.toMatch(/^HTTP\/1\.1 403 /)
      expect(dials).toEqual(['one.test'])
    })

    it('holds nothing but an empty repository, in the place of which another can be cloned', async () => {
      expect(await shell(mine.id, 'ls -A . app; ls -A ~')).toBe('.:\napp\n\napp:\n.git\n')
      // A bundle is cloned without any further program of git's.
      const commit = 'git -C src -c user.name=a -c user.email=a@b commit -q --allow-empty -m first'
      await shell(mine.id, `git init -q src && ${commit} && git -C src bundle create -q ../src.bundle HEAD`)
      const link = await server.hub.link(mine.id, 1000)
      const signal = AbortSignal.timeout(20_000)
      await clearRepository(link, signal)
      await ensureRepository(link, { repo: '/work/src.bundle', isThere: false }, signal)
      expect(await shell(mine.id, 'git -C app log --format=%s')).toBe('first\n')
    })

    it('is replaced by another one: of other limits when those were asked for last', async () => {
      expect(server.pool.take(MORE)).toBeUndefined()
      const other = await take(MORE)
      expect(other.id).not.toBe(mine.id)
      expect(other.limits).toEqual(MORE)
      expect(await shell(other.id, 'ulimit -u')).toMatch(name.startsWith('docker') ? /./ : /^200\n$/)
      await server.pool.discard(other.id)
    })

    it('is replaced when it dies', async () => {
      await waits()
      const [first = ''] = await marked()
      await shell(first, 'kill -9 -1').catch(() => undefined)
      await expect.poll(async () => (await marked()).filter((id) => id !== first).length, READY).toBe(1)
      await expect.poll(async () => (await marked()).includes(first), READY).toBe(false)
    })

    it('is found and removed by the next server when this one was killed, and one that had a workspace is not', async () => {
      await waits()
      const [left = ''] = await marked()
      // A server that is killed says nothing to its pool.
      await server.driver.close()
      server.hub.close()
      server = newServer()
      server.hub.expect(mine.id, mine.tokenHash)
      await server.pool.sweep((id) => id === mine.id)
      expect(await marked()).toEqual([])
      expect(await server.driver.adopt({ id: left, limits: MORE })).toBe(false)
      expect(await server.driver.adopt({ id: mine.id, limits: LIMITS })).toBe(true)
      expect(await shell(mine.id, 'git -C app log --format=%s')).toBe('first\n')
    })

    it('is removed when its server stops', async () => {
      server.pool.prepare(LIMITS)
      await waits()
      const [last = ''] = await marked()
      await server.pool.close()
      expect(await marked()).toEqual([])
      expect(await server.driver.stats(last)).toBeUndefined()
      expect(server.pool.take(LIMITS)).toBeUndefined()
    })
  })
}
