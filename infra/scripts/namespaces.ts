// Whether this kernel lets us make a user namespace, without which no sandbox can be had. Only test runners ask.
import { spawnSync } from 'node:child_process'

/** False inside a chroot and in most containers; it is then said aloud, because tests will be left out. */
export function hasUserNamespaces(): boolean {
  const { status, stderr } = spawnSync('unshare', ['--user', 'true'], { encoding: 'utf8' })
  if (status === 0) return true
  process.stderr.write(`\nThis machine makes no user namespaces (${stderr.trim()}).\n`)
  process.stderr.write(
    'Tests of real sandboxes, *.sandbox.test.ts and *.sandbox.story.ts, are LEFT OUT here.\n\n',
  )
  return false
}
