// The repository that every workspace has at /work/app: made or cloned by the workspace's own runtime, never from outside.
import { Fault } from '#dsl/fault.ts'
import type { GitAccess } from '#server/github/git-access.ts'
import type { RuntimeLink } from './link.ts'
import { OWN_SHELL } from './own-grant.ts'

/** Takes the empty repository away that a sandbox was given while it waited: another one is to be cloned. */
export async function clearRepository(link: RuntimeLink, signal: AbortSignal): Promise<void> {
  const input = { cmd: 'rm -rf app/.git', cwd: '..' }
  await link.call({ op: 'exec', input, grant: OWN_SHELL, streams: [], signal, emit: () => Promise.resolve() })
}

interface Wanted {
  /** An address, or one behind the relay; null: the empty one, which is made as its sandbox starts. */
  readonly repo: string | GitAccess | null
  readonly branch?: string | undefined
  /** Whether there is one. It stays as it is. */
  readonly isThere: boolean
}

/** Faults: unavailable (the empty one could not be made), conflict (files are in its place); as git.clone. */
export async function ensureRepository(
  link: RuntimeLink,
  { repo, branch, isThere }: Wanted,
  signal: AbortSignal,
): Promise<void> {
  const call = (op: string, input: Record<string, unknown>) =>
    link.call({ op, input, grant: OWN_SHELL, streams: [], signal, emit: () => Promise.resolve() })
  const shell = async (cmd: string) => (await call('exec', { cmd, cwd: '..' }))['exitCode']
  const { url, relayUrl } = typeof repo === 'object' && repo !== null ? repo : { url: repo }
  // At every start, because home is empty then. The address in .git/config stays the one that people know.
  if (relayUrl !== undefined) await shell(`git config --global 'url.${relayUrl}.insteadOf' '${url}'`)
  if (isThere) return
  if (url === null)
    throw new Fault(
      'unavailable',
      'The repository of the workspace could not be made: git init failed in it.',
    )
  // Beside it first: a clone that dies half-way leaves what looks like a repository.
  await shell('mkdir -p app && rm -rf .cloning')
  await call('git.clone', { url, dir: '../.cloning', ...(branch === undefined ? {} : { branch }) })
  if ((await shell('rmdir app && mv .cloning app')) !== 0)
    throw new Fault('conflict', '/work/app holds files and is no repository. Move them away.')
}
