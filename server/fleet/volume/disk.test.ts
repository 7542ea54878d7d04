import { readdir } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { diskOf, diskRates } from './disk.ts'

const WORK = { number: '7:0', path: '/dev/loop0' }
const SYSTEM = { number: '8:0', path: '/dev/sda' }

it('a rate is of what is read everywhere, and of what is written to the disk of /work only', () => {
  expect(diskRates(10, WORK, [SYSTEM, SYSTEM, undefined])).toEqual([
    { disk: WORK, read: 10, write: 10 },
    { disk: SYSTEM, read: 10 },
  ])
})

it('a disk is limited once: as the one of /work where it is both', () => {
  expect(diskRates(10, SYSTEM, [SYSTEM])).toEqual([{ disk: SYSTEM, read: 10, write: 10 }])
  expect(diskRates(10, undefined, [SYSTEM])).toEqual([{ disk: SYSTEM, read: 10 }])
  expect(diskRates(10, undefined, [undefined])).toEqual([])
})

it('what lies in memory, or is not there, is on no disk', async () => {
  expect(await diskOf('/proc')).toBeUndefined()
  expect(await diskOf('/sys')).toBeUndefined()
  expect(await diskOf('/nowhere')).toBeUndefined()
})

it('the disk of a directory is a whole one, also where the directory is on a part of it', async () => {
  const disk = await diskOf('/usr')
  // In a container there may be none.
  if (disk === undefined) return
  expect(await readdir('/sys/block')).toContain(disk.path.slice('/dev/'.length).replaceAll('/', '!'))
})
