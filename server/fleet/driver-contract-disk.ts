// What every driver must prove of the rate of disks: a sandbox that has one keeps to it however it reads and writes, its
// neighbour does not notice, and it is ended as quickly as any other.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Inside, meetingPoint, writeFixture } from './driver-contract-inside.ts'
import type { ContractSubject } from './driver-contract.ts'
import type { Driver } from './driver.ts'
import { diskOf } from './volume/disk.ts'

const MIB = 1_048_576
const RATE = 8
const SIZE = 12
const LIMITS = { diskBytes: 96 * MIB, memoryBytes: 256 * MIB, pids: 96, cpus: 1 }
/** More than it may write in as long as an end may take. */
const MUCH = 64
const END_MS = 4000
/** What else the machine does makes a disk slower, never faster. */
const RETRIED = { retry: 2, timeout: 60_000 }

const WAYS = [
  ['written past the cache', `dd if=/dev/zero of=new bs=1M count=${SIZE} oflag=direct`],
  ['written and synced', `dd if=/dev/zero of=new bs=1M count=${SIZE} conv=fsync`],
  // Whoever wrote it has gone: the kernel writes it by itself.
  ['written by the kernel later', `dd if=/dev/zero of=new bs=1M count=${SIZE} && sync -f .`],
  ['read of it', `dd if=old of=/dev/null bs=1M count=${SIZE} iflag=direct`],
  [
    'read of the system',
    `n=0; while ((n += 1, n <= 4)); do dd if=/usr/bin/git of=/dev/null bs=1M count=3 iflag=direct; done`,
  ],
] as const
const hasSystem = (await diskOf('/usr')) !== undefined

export function diskRateContract({ name, capable, make }: ContractSubject): void {
  const { unpaced } = capable
  if (unpaced !== undefined) {
    describe(`The rate of disks of the ${name} driver`, () =>
      it.skip(`is not limited here: ${unpaced}`, () => undefined))
    return
  }
  describe(`A sandbox with a rate of disk of the ${name} driver`, () => {
    const meeting = meetingPoint()
    let folder = ''
    let driver: Driver
    let slow: Inside
    let neighbour: Inside

    const enter = async (id: string, diskBytesPerSecond?: number): Promise<Inside> => {
      const arrival = meeting.next(id)
      await driver.start({ id, token: `${id}-`.padEnd(40, 'x'), limits: { ...LIMITS, diskBytesPerSecond } })
      const inside = await arrival
      await inside.run(`cd /work && dd if=/dev/zero of=old bs=1M count=${SIZE} oflag=direct`)
      return inside
    }

    /** Milliseconds. */
    const time = async (inside: Inside, command: string): Promise<number> => {
      const began = performance.now()
      expect(await inside.run(`cd /work && rm -f new && ${command}`)).toMatchObject({ code: 0 })
      return performance.now() - began
    }

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'contract-'))
      await writeFixture(join(folder, 'runtime'))
      const places = { dataDir: join(folder, 'data'), runtimeDir: join(folder, 'runtime') }
      driver = make({ ...places, exits: meeting.exits })
      expect(await driver.probe()).toBeUndefined()
      neighbour = await enter('neighbour')
      slow = await enter('slow', RATE * MIB)
    })

    afterAll(async () => {
      for (const id of ['slow', 'neighbour']) await driver.remove(id)
      await driver.close()
      await rm(folder, { recursive: true })
    })

    it.each(WAYS.slice(0, hasSystem ? undefined : -1))(
      'is held to it in what is %s, and its neighbour is not',
      RETRIED,
      async (_, command) => {
        const held = time(slow, command)
        const free = await time(neighbour, command)
        const due = (SIZE / RATE) * 1000
        expect(await held).toBeGreaterThan(due * 0.6)
        expect(await held).toBeLessThan(due * 4)
        expect(free).toBeLessThan(due * 0.5)
      },
    )

    it('ends at once, whatever it still waits to write', RETRIED, async () => {
      // It never answers: its runtime ends before it.
      void slow.run(`cd /work && dd if=/dev/zero of=much bs=${MUCH}M count=1 oflag=direct`)
      await expect.poll(async () => (await slow.run('stat -c %b /work/much')).out).toMatch(/^[1-9]/)
      const began = performance.now()
      await driver.stop('slow')
      expect(performance.now() - began).toBeLessThan(END_MS)
      slow = await enter('slow', RATE * MIB)
    })
  })
}
