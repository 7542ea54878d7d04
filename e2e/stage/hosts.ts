// Names that only a staged server resolves: an /etc/hosts of its own, in a mount namespace of its own. The machine's stays as
// it is.
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Words before the command of a server. `names`: name → address. */
export function withHosts(names: Readonly<Record<string, string>>): readonly string[] {
  const file = join(mkdtempSync(join(tmpdir(), 'hosts-')), 'hosts')
  const own = Object.entries(names).map(([name, address]) => `${address} ${name}\n`)
  writeFileSync(file, readFileSync('/etc/hosts', 'utf8') + own.join(''))
  const root = process.getuid?.() === 0 ? [] : ['--map-root-user']
  return ['unshare', '--mount', ...root, 'sh', '-c', 'mount --bind "$0" /etc/hosts && exec "$@"', file]
}
