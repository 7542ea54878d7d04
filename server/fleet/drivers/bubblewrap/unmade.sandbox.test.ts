import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { meetingPoint, writeFixture } from '#server/fleet/driver-contract-inside.ts'
import type { SandboxSpec } from '#server/fleet/driver.ts'
import { homeOf } from '#server/fleet/place/home.ts'
import { placeOf } from '#server/fleet/place/place.ts'
import { bubblewrapDriver } from './driver.ts'
import { hasQuota } from './test-limits.ts'

const SPEC: SandboxSpec = {
  id: 'spoilt',
  token: 'x'.repeat(40),
  limits: { diskBytes: 33_554_432, memoryBytes: 268_435_456, pids: 64, cpus: 1 },
}

it.skipIf(!(await hasQuota()))(
  'a sandbox whose disk is spoilt does not start, says so, and leaves the disk as it is',
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'unmade-'))
    const runtimeDir = join(folder, 'runtime')
    await writeFixture(runtimeDir)
    const dataDir = join(folder, 'data')
    const meeting = meetingPoint()
    const parts = { dataDir, runtimeDir, nodeBinary: process.execPath, log: () => undefined }
    const driver = bubblewrapDriver({ ...parts, exits: meeting.exits })
    const arrival = meeting.next(SPEC.id)
    await driver.start(SPEC)
    await arrival
    await driver.stop(SPEC.id)

    const image = join(homeOf(placeOf(dataDir, true), SPEC.id), 'disk.img')
    await writeFile(image, 'spoilt')
    await expect(driver.start(SPEC)).rejects.toThrow('The disk of this workspace cannot be mounted')
    expect(await driver.stats(SPEC.id)).toBeUndefined()
    expect(await readFile(image, 'utf8')).toBe('spoilt')

    await driver.remove(SPEC.id)
    await driver.close()
    await rm(folder, { recursive: true })
  },
)
