import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { driverContract } from '#server/fleet/driver-contract.ts'
import { closeVolume, openVolume } from '#server/fleet/volume/volume.ts'
import { makeCgroup, removeCgroup } from './cgroup.ts'
import { bubblewrapDriver } from './driver.ts'

const root = process.getuid?.() === 0
const capable = { quota: await hasQuota(), groups: await hasGroups() }
const who = root ? 'root' : 'an ordinary user'

driverContract({
  name: `bubblewrap (as ${who}, ${capable.quota ? 'with' : 'without'} quota, ${capable.groups ? 'with' : 'without'} groups)`,
  capable,
  make: (options) => bubblewrapDriver({ ...options, nodeBinary: process.execPath, log: () => undefined }),
})

async function hasQuota(): Promise<boolean> {
  const home = await mkdtemp(join(tmpdir(), 'volume-'))
  const volume = await openVolume({ home, uid: process.getuid?.() ?? 0, bytes: 16_777_216, root })
  await closeVolume(home)
  await rm(home, { recursive: true })
  return volume.unbounded === undefined
}

async function hasGroups(): Promise<boolean> {
  const name = `chispart-test-${process.pid}`
  const group = await makeCgroup(name, { diskBytes: 1e6, memoryBytes: 1e8, pids: 10, cpus: 1 })
  if (group !== undefined) await removeCgroup(group)
  return group !== undefined
}
