import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { rateGroupOf, throttle, unthrottle } from './throttle.ts'

const RATES = [
  { disk: { number: '7:0', path: '/dev/loop0' }, read: 10, write: 20 },
  { disk: { number: '8:0', path: '/dev/sda' }, read: 30 },
]
let directory = ''
beforeEach(async () => void (directory = await mkdtemp(join(tmpdir(), 'group-'))))
afterEach(() => rm(directory, { recursive: true }))
const says = (file: string) => readFile(join(directory, file), 'utf8')

/** A file of a real group keeps a line for each disk; one of a test what was written last. */
describe('the rates of a group', () => {
  it('are a file for each direction in version 1', async () => {
    await throttle({ version: 1, directory }, RATES)
    expect(await says('blkio.throttle.write_bps_device')).toBe('7:0 20')
    expect(await says('blkio.throttle.read_bps_device')).toBe('8:0 30')
    await unthrottle({ version: 1, directory })
    expect(await says('blkio.throttle.write_bps_device')).toBe('7:0 0')
    expect(await says('blkio.throttle.read_bps_device')).toBe('8:0 0')
  })

  it('are one line for a disk in version 2, and leave alone what has none', async () => {
    await throttle({ version: 2, directory }, RATES.slice(0, 1))
    expect(await says('io.max')).toBe('7:0 rbps=10 wbps=20')
    await throttle({ version: 2, directory }, RATES)
    expect(await says('io.max')).toBe('8:0 rbps=30 wbps=max')
    await writeFile(join(directory, 'io.max'), '8:0 rbps=30 wbps=max riops=max wiops=max\n')
    await unthrottle({ version: 2, directory })
    expect(await says('io.max')).toBe('8:0 rbps=max wbps=max')
  })

  it('of a group that is gone are lifted without a word', async () => {
    await unthrottle({ version: 1, directory: join(directory, 'gone') })
    await unthrottle({ version: 2, directory: join(directory, 'gone') })
  })
})

it('no process is found in a group that is not its own', async () => {
  expect(await rateGroupOf(process.pid, 'no-such-container')).toBeUndefined()
  expect(await rateGroupOf(2 ** 22 + 1, '')).toBeUndefined()
})
