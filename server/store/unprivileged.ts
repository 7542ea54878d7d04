// As whom Postgres runs when the server may not: it refuses uid 0, and a uid that has no name. It grants nothing but
// the way to its own files.
import { execFile } from 'node:child_process'
import { chown, readdir, stat } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { join } from 'node:path'

export interface Unprivileged {
  /** What stands before a command of Postgres's. */
  readonly prefix: readonly string[]
  /** The uid that must own the data directory; undefined when it is our own. */
  readonly owner: number | undefined
}

const NOBODY = 65_534
/** Inside, we are nobody; outside, files stay ours, so another kind of start finds them as they were. */
const NAMESPACE = ['unshare', '--user', `--map-user=${NOBODY}`, `--map-group=${NOBODY}`]
/**
 * Where the kernel makes no user namespaces (a container, a chroot). Its one capability lets it pass a 0700 home, and
 * `no_setuid_fixup` lets access(2), by which Postgres looks for its own program, see that too (capabilities(7)).
 */
const USER = [
  ...['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups', '--no-new-privs'],
  '--securebits=+no_setuid_fixup',
  ...['--inh-caps=-all,+dac_read_search', '--ambient-caps=+dac_read_search'],
  ...['--bounding-set=-all,+dac_read_search'],
]
const CHECK_MS = 5000

/** How it is to be started here. */
export async function unprivileged(): Promise<Unprivileged> {
  const uid = process.getuid?.()
  if (uid === undefined || (uid !== 0 && hasName())) return { prefix: [], owner: undefined }
  if (uid !== 0 || (await works(NAMESPACE))) return { prefix: NAMESPACE, owner: uid }
  return { prefix: USER, owner: NOBODY }
}

/** Gives a directory and all in it to `owner`, when it is another's: the machine changed its kind since the last start. */
export async function own(path: string, owner: number | undefined): Promise<void> {
  if (owner === undefined || (await stat(path)).uid === owner) return
  const below = await readdir(path, { recursive: true })
  for (const name of below) await chown(join(path, name), owner, owner)
  await chown(path, owner, owner)
}

/** Whether the system has a name for our uid: `docker run --user 1234` makes one that has none. */
function hasName(): boolean {
  try {
    userInfo()
    return true
  } catch {
    return false
  }
}

function works([program = '', ...args]: readonly string[]): Promise<boolean> {
  return new Promise((done) => {
    execFile(program, [...args, 'true'], { timeout: CHECK_MS }, (error) => done(error === null))
  })
}
