// The repository that every workspace has at /work/app: made or cloned by the workspace's own runtime, never from outside.
import { Fault } from '#dsl/fault.ts'
import type { Grant } from '#dsl/wire/link.ts'
import type { GitAccess } from '#server/github/git-access.ts'
import type { RuntimeLink } from './link.ts'

/** The server's own few commands, which no plan decides; the sandbox still does. */
const OWN: Grant = { plan: 'server', commands: ['*'], terminals: false }
/** The sandbox has just started: whoever held a lock of git's died with the one before. */
const UNLOCK =
  "find app/.git -maxdepth 1 -name '*.lock' -delete; test -d app/.git/refs && find app/.git/refs -name '*.lock' -delete"
/** Whether it is there, and free again. */
const OPEN = `mkdir -p app && test -e app/.git && { ${UNLOCK}; true; }`

/** Takes the empty repository away that a sandbox was given while it waited: another one is to be cloned. */
export async function clearRepository(link: RuntimeLink, signal: AbortSignal): Promise<void> {
  const input = { cmd: 'rm -rf app/.git', cwd: '..' }
  await link.call({ op: 'exec', input, grant: OWN, streams: [], signal, emit: () => Promise.resolve() })
}

/** Idempotent: a repository that is there stays as it is. `repo`: an address, or one behind the relay. Faults: as git.clone. */
export async function ensureRepository(
  link: RuntimeLink,
  repo: string | GitAccess | null,
  signal: AbortSignal,
  branch?: string,
): Promise<void> {
  const call = (op: string, input: Record<string, unknown>) =>
    link.call({ op, input, grant: OWN, streams: [], signal, emit: () => Promise.resolve() })
  const shell = async (cmd: string) => (await call('exec', { cmd, cwd: '..' }))['exitCode']
  const { url, relayUrl } = typeof repo === 'object' && repo !== null ? repo : { url: repo }
  // At every start, because home is empty then. The address in .git/config stays the one that people know.
  if (relayUrl !== undefined) await shell(`git config --global 'url.${relayUrl}.insteadOf' '${url}'`)
  // `..` of the repository is /work, which is there before the repository is.
  if (url === null) {
    // One line, because every command is a program that a new workspace waits for.
    if ((await shell(`${OPEN} || git init --quiet --initial-branch=main app`)) === 0) return
    throw new Fault(
      'unavailable',
      'The repository of the workspace could not be made: git init failed in it.',
    )
  }
  if ((await shell(OPEN)) === 0) return
  // Beside it first: a clone that dies half-way leaves what looks like a repository.
  await shell('rm -rf .cloning')
  await call('git.clone', { url, dir: '../.cloning', ...(branch === undefined ? {} : { branch }) })
  if ((await shell('rmdir app && mv .cloning app')) !== 0)
    throw new Fault('conflict', '/work/app holds files and is no repository. Move them away.')
}
