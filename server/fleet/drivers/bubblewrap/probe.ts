// Finds bwrap, runs it once for real, and says what would make it right when it cannot work.
import { access, constants, lstat, readlink } from 'node:fs/promises'
import { join } from 'node:path'
import type { DriverProblem } from '#server/fleet/driver.ts'
import { TOOL_PATH } from '#server/fleet/volume/run.ts'
import type { SystemDirectory } from './command.ts'

/** Below the sandboxes' place: where `doctor --fix` unpacks bubblewrap. */
export const TOOLS = 'tools'

export const MISSING: DriverProblem = {
  problem: 'bubblewrap is not installed, so no terminal can be opened.',
  remedy: 'apt-get install -y bubblewrap   (without root: chispart doctor --fix)',
}

const NAMESPACE_REMEDY =
  'sysctl -w kernel.unprivileged_userns_clone=1   (Ubuntu: sudo apparmor_parser -r -W infra/sandbox/apparmor/chispart-bwrap; in a container: allow unshare, clone, mount and pivot_root in its seccomp profile)'

/** What bwrap says, and what it means; the first that matches. */
const MEANINGS: readonly (DriverProblem & { readonly says: RegExp })[] = [
  {
    says: /No permissions to create new namespace|setting up uid map: Permission denied|loopback: Failed RTM_NEWADDR/,
    problem: 'This machine does not let bubblewrap make a user namespace.',
    remedy: NAMESPACE_REMEDY,
  },
  {
    says: /nesting depth or .*max_\*_namespaces exceeded|No space left on device/,
    problem: 'This machine allows no more user namespaces.',
    remedy: 'sysctl -w user.max_user_namespaces=15000',
  },
  {
    says: /Can't mount proc/,
    problem: 'This container hides parts of /proc, so a sandbox cannot have its own.',
    remedy: 'docker run --security-opt systempaths=unconfined …',
  },
  {
    says: /Unknown option (--disable-userns|--size)/,
    problem: 'This bubblewrap is too old: 0.8 or later is needed.',
    remedy: 'chispart doctor --fix',
  },
  {
    says: /(setpriv|prlimit).*(not found|No such file)/,
    problem: 'setpriv or prlimit is not installed.',
    remedy: 'apt-get install -y util-linux',
  },
]

export function meaningOf(stderr: string): DriverProblem {
  const known = MEANINGS.find(({ says }) => says.test(stderr))
  if (known !== undefined) return { problem: known.problem, remedy: known.remedy }
  const line = stderr.trim().split('\n')[0] ?? ''
  return {
    problem: `bubblewrap cannot start a sandbox: ${line || 'it said nothing'}`,
    remedy: 'chispart doctor',
  }
}

/** The machine's own bwrap, else the one that `doctor --fix` fetched. */
export async function findBwrap(place: string): Promise<string | undefined> {
  const directories = [...TOOL_PATH.split(':'), join(place, TOOLS, 'usr/bin')]
  for (const directory of directories) {
    const path = join(directory, 'bwrap')
    if (
      await access(path, constants.X_OK).then(
        () => true,
        () => false,
      )
    )
      return path
  }
  return undefined
}

/** /usr and what stands beside it: links on a merged system, directories on an older one. */
export async function systemDirectories(): Promise<SystemDirectory[]> {
  const paths = ['/usr', '/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32']
  const found = await Promise.all(
    paths.map(async (path) => {
      const stat = await lstat(path).catch(() => undefined)
      if (stat === undefined) return []
      return [{ path, link: stat.isSymbolicLink() ? await readlink(path) : undefined }]
    }),
  )
  return found.flat()
}
