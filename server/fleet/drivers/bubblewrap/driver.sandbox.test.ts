import { driverContract } from '#server/fleet/driver-contract.ts'
import { bubblewrapDriver } from './driver.ts'
import { hasGroups, hasQuota, whyUnpaced } from './test-limits.ts'

const who = process.getuid?.() === 0 ? 'root' : 'an ordinary user'
const capable = { quota: await hasQuota(), groups: await hasGroups(), unpaced: await whyUnpaced() }

driverContract({
  name: `bubblewrap (as ${who}, ${capable.quota ? 'with' : 'without'} quota, ${capable.groups ? 'with' : 'without'} groups)`,
  capable,
  make: (options) => bubblewrapDriver({ ...options, nodeBinary: process.execPath, log: () => undefined }),
})
