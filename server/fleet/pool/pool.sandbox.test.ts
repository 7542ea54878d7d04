import { bubblewrapDriver } from '#server/fleet/drivers/bubblewrap/driver.ts'
import { poolContract } from './pool-contract.ts'

poolContract({
  name: 'bubblewrap',
  make: (options) => bubblewrapDriver({ ...options, nodeBinary: process.execPath, log: () => undefined }),
})
