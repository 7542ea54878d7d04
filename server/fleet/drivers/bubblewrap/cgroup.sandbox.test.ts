import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { access, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { cgroupDirectories, makeCgroup, removeCgroup } from './cgroup.ts'
import { hasGroups } from './test-limits.ts'

const LIMITS = { diskBytes: 1e6, memoryBytes: 1e8, pids: 10, cpus: 1 }
const enforced = await hasGroups()

it.skipIf(!enforced)('groups wait for the last process that ends in them, and are gone then', async () => {
  const group = await makeCgroup(`chispart-test-last-${process.pid}`, LIMITS)
  const directories = cgroupDirectories(group)
  const program = spawn('cat')
  for (const directory of directories) await writeFile(join(directory, 'cgroup.procs'), `${program.pid}`)
  const removed = group && removeCgroup(group)
  await Promise.all(directories.map((directory) => access(directory)))
  program.stdin.end()
  await once(program, 'exit')
  await removed
  for (const directory of directories) await expect(access(directory)).rejects.toThrow('ENOENT')
})
