// What every driver must prove, whatever it is made of: `describe` blocks over a driver that a factory gives. It starts
// real sandboxes and attacks them from inside through the fixture runtime.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { diskRateContract } from './driver-contract-disk.ts'
import { type Inside, meetingPoint, writeFixture } from './driver-contract-inside.ts'
import type { Driver, SandboxExits, SandboxSpec } from './driver.ts'

export interface ContractSubject {
  /** For the titles. */
  readonly name: string
  /** What holds on this machine, found out by really trying it. */
  readonly capable: {
    readonly quota: boolean
    readonly groups: boolean
    /** Why disks have no rate; undefined where they have. */
    readonly unpaced: string | undefined
  }
  make(options: { dataDir: string; runtimeDir: string; exits: SandboxExits }): Driver
}

const MIB = 1_048_576
const LIMITS = { diskBytes: 64 * MIB, memoryBytes: 256 * MIB, pids: 96, cpus: 1 }
const SECRET = 'a-secret-of-the-server'

function spec(id: string): SandboxSpec {
  return { id, token: `${id}-`.padEnd(40, 'x'), limits: LIMITS }
}

export function driverContract(subject: ContractSubject): void {
  const { name, capable, make } = subject
  diskRateContract(subject)
  describe(`The ${name} driver`, () => {
    const meeting = meetingPoint()
    let folder = ''
    let driver: Driver
    let one: Inside
    let two: Inside

    const fresh = (): Driver =>
      make({ dataDir: join(folder, 'data'), runtimeDir: join(folder, 'runtime'), exits: meeting.exits })

    const enter = async (id: string): Promise<Inside> => {
      const arrival = meeting.next(id)
      await driver.start(spec(id))
      return arrival
    }

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'contract-'))
      await writeFixture(join(folder, 'runtime'))
      driver = fresh()
      expect(await driver.probe()).toBeUndefined()
      await writeFile(join(folder, 'data', 'secret'), SECRET)
      one = await enter('one')
      two = await enter('two')
    })

    afterAll(async () => {
      for (const id of ['one', 'two', 'short']) await driver.remove(id)
      await driver.close()
      await rm(folder, { recursive: true })
    })

    it('hands the token over to the runtime, and to no argv or environment inside', async () => {
      expect(one.token).toBe(spec('one').token)
      const seen = await one.run('cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null | tr "\\0" "\\n"')
      expect(seen.out).not.toContain(spec('one').token)
      expect(seen.out).toContain('main.js')
      expect((await one.run('cat /proc/[0-9]*/environ 2>/dev/null')).out).not.toContain('CHISPART')
    })

    it('runs everything as a uid that is not root, without a capability and without a way to one', async () => {
      expect(Number((await one.run('id -u')).out)).toBeGreaterThan(10_000)
      expect((await one.run('id -un')).out).toBe('agent\n')
      const { out } = await one.run('grep -E "^(CapEff|CapPrm|CapBnd|NoNewPrivs|Seccomp):" /proc/self/status')
      expect(out.match(/^Cap\w+:\s*(\d+)$/gm)?.every((line) => /:\s*0+$/.test(line))).toBe(true)
      expect(out).toMatch(/NoNewPrivs:\s*1/)
      expect(out).toMatch(/Seccomp:\s*2/)
    })

    it.each(['/etc/x', '/usr/x', '/x', '/opt/chispart/x', '/run/chispart/x', '/dev/x', '/usr/bin/x'])(
      'refuses to write %s, and leaves /work, /tmp and home writable',
      async (path) => {
        expect((await one.run(`touch ${path}`)).code).not.toBe(0)
        expect((await one.run('touch /work/ok /tmp/ok ~/ok')).code).toBe(0)
      },
    )

    it('has the sockets inside, and lets nobody put others in their place', async () => {
      const { out } = await one.run('stat -c %F /run/chispart/host.sock /run/chispart/egress.sock')
      expect(out).toBe('socket\nsocket\n')
      for (const attack of ['rm -f /run/chispart/host.sock', 'ln -sf /x /run/chispart/host.sock'])
        expect((await one.run(attack)).code).not.toBe(0)
    })

    it('has no network but its own loopback', async () => {
      const reached = meeting.listen()
      const host = createServer(() => reached.hit()).listen(0, '127.0.0.1')
      await new Promise((done) => host.once('listening', done))
      const address = host.address()
      const port = typeof address === 'object' ? address?.port : undefined
      const { code } = await one.run(`exec 3<>/dev/tcp/127.0.0.1/${port}`)
      expect(code).not.toBe(0)
      expect((await one.run('tail -n +3 /proc/net/dev | cut -d: -f1 | tr -d " "')).out.trim()).toBe('lo')
      expect((await one.run('exec 3<>/dev/udp/192.0.2.1/53 && echo x >&3')).code).not.toBe(0)
      expect(reached.hits()).toBe(0)
      host.close()
    })

    it('knows itself by name', async () => {
      const look = "require('dns').lookup('localhost', { family: 4 }, (_, found) => console.log(found))"
      expect((await one.run(`/opt/chispart/bin/node -e "${look}"`)).out).toBe('127.0.0.1\n')
    })

    it('shows nothing of the host: no homes, no secrets, no processes, no data directory', async () => {
      for (const path of [
        '/root',
        '/var',
        '/sys',
        '/etc/shadow',
        '/etc/ssh',
        '/boot',
        '/mnt',
        join(folder, 'data'),
      ])
        // An engine mounts some of them in every container; then there is nothing in it.
        expect([path, (await one.run(`ls -A ${path}`)).out]).toEqual([path, ''])
      expect((await one.run('ls /home')).out.trim()).toBe('agent')
      expect((await one.run(`grep -rs ${SECRET} /proc/[0-9]*/environ /run /tmp /work; true`)).out).toBe('')
      const commands = (await one.run('cat /proc/[0-9]*/cmdline | tr "\\0" "\\n"')).out
      expect(commands).not.toContain('vitest')
      expect((await one.run('cut -d: -f3 /proc/self/cgroup | tr -d "\\n/"')).out).toBe('')
    })

    it('lets nobody inside read or trace the runtime', async () => {
      const pid = one.pid
      for (const name of ['environ', 'mem', 'maps'])
        expect((await one.run(`head -c1 /proc/${pid}/${name}`)).code).not.toBe(0)
      expect((await one.run(`ls /proc/${pid}/fd`)).code).not.toBe(0)
      expect((await one.run('head -c1 /opt/chispart/bin/node')).code).not.toBe(0)
    })

    it.each([
      ['unshare', 'unshare -U true'],
      ['unshare of mounts', 'unshare -m true'],
      ['mount', 'mount -t tmpfs none /tmp'],
      ['clone into namespaces', 'unshare --fork --pid --user true'],
      ['another root', 'chroot /work /bin/true'],
    ])('answers %s with "Operation not permitted"', async (_, command) => {
      const { code, err } = await one.run(command)
      expect(code).not.toBe(0)
      // Not "No space left on device": the filter answers before the limit on namespaces does.
      expect(err).toMatch(/Operation not permitted|must be superuser/)
    })

    it('cannot see or reach another sandbox', async () => {
      await one.run(
        'echo mine > /work/mine; chmod -R a+rwx /work/mine; (exec -a marker-one sleep 60) >/dev/null 2>&1 &',
      )
      expect((await two.run('cat /work/mine')).code).not.toBe(0)
      expect((await two.run('cat /proc/[0-9]*/cmdline | tr "\\0" " "')).out).not.toContain('marker-one')
    })

    it('has node and npm of its own at /opt/chispart/bin', async () => {
      expect((await one.run('/opt/chispart/bin/node -p 6*7')).out.trim()).toBe('42')
      expect((await one.run('PATH=/usr/bin:/bin:/opt/chispart/bin npm --version')).out).toMatch(/^\d+\./)
    })

    it(
      capable.quota
        ? 'stops at the size of its disk with ENOSPC'
        : 'stops a file at the size of its disk (no quota here)',
      async () => {
        const { code, err } = await two.run('head -c 100M /dev/zero > /work/big')
        expect(code).not.toBe(0)
        expect(err).toMatch(capable.quota ? /No space left/ : /File size limit|File too large|^$/)
        expect((await two.run('stat -c %s /work/big')).out.trim()).not.toBe(`${100 * MIB}`)
        await two.run('rm /work/big')
      },
    )

    it('survives a fork bomb: the runtime answers, and everything is reaped', async () => {
      const { err } = await two.run('for i in {1..150}; do sleep 6 & done; wait')
      expect(err).toMatch(/Resource temporarily unavailable/)
      expect((await two.run('echo alive')).out.trim()).toBe('alive')
      const stats = await driver.stats('two')
      expect(stats?.pids).toBeLessThanOrEqual(LIMITS.pids)
    })

    it(
      capable.groups
        ? 'kills a memory hog by its group, not the runtime'
        : 'stops a memory hog per process (no groups here)',
      // Near its limit the kernel first drops the program's own pages, again and again, which takes long on a busy machine.
      { timeout: 180_000 },
      async () => {
        const hog = 'a=[];for(;;)a.push(Buffer.alloc(8e6,1))'
        const { code } = await two.run(`/opt/chispart/bin/node -e '${hog}'`)
        expect(code).not.toBe(0)
        expect((await two.run('echo alive')).out.trim()).toBe('alive')
      },
    )

    it('measures what a sandbox uses', async () => {
      const stats = await driver.stats('one')
      expect(stats?.memoryBytes).toBeGreaterThan(MIB)
      expect(stats?.pids).toBeGreaterThan(1)
      expect(await driver.stats('nobody')).toBeUndefined()
    })

    it('is found again by the next server: same process, same files, same token', async () => {
      await one.run('echo lasting > /work/lasting')
      await driver.close()
      driver = fresh()
      const arrival = meeting.next('one')
      expect(await driver.adopt(spec('one'))).toBe(true)
      expect(await driver.adopt(spec('two'))).toBe(true)
      const again = await arrival
      expect([again.pid, again.token, again.born]).toEqual([one.pid, one.token, one.born])
      expect((await again.run('cat /work/lasting')).out).toBe('lasting\n')
      one = again
    })

    it('tells of a sandbox that ended by itself', async () => {
      const inside = await enter('short')
      const ended = new Promise((done) => driver.onExit((id, reason) => done([id, reason])))
      inside.leave()
      expect(await ended).toEqual(['short', 'exited'])
      expect(await driver.adopt(spec('short'))).toBe(false)
    })

    it('stops once and again, keeps the files, and removes once and again', async () => {
      await driver.stop('one')
      await driver.stop('one')
      expect(await driver.stats('one')).toBeUndefined()
      expect(await driver.adopt(spec('one'))).toBe(false)
      one = await enter('one')
      expect((await one.run('cat /work/lasting')).out).toBe('lasting\n')
      await driver.remove('one')
      await driver.remove('one')
      one = await enter('one')
      expect((await one.run('cat /work/lasting')).code).not.toBe(0)
    })

    it('refuses an id that is not one', async () => {
      await expect(driver.start(spec('../one'))).rejects.toMatchObject({ code: 'invalid' })
    })
  })
}
