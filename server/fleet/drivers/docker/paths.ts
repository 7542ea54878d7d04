// What a container is shown of its sandbox's directory, and whose it is. It opens nothing to another user of the host.
import { chmod, chown, mkdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Fault } from '#dsl/fault.ts'
import { accountsOf, HOSTS } from '#server/fleet/place/accounts.ts'
import { FIRST_UID } from '#server/fleet/place/home.ts'

export interface Paths {
  /** Directory with the two sockets. */
  readonly control: string
  readonly work: string
  readonly passwd: string
  readonly group: string
  readonly hosts: string
}

export interface Owner {
  /** uid and gid inside. */
  readonly inside: number
  /** The same one as the host counts. */
  readonly outside: number
}

/** With remapped users inside and outside differ; the n-th sandbox is then this number + n inside. */
const FIRST_INSIDE = 10_000

/** `slot`: what `claimHome` answered. `base`: first host uid of the engine's range (dockerd --userns-remap), if it has one. */
export function ownerOf(slot: number, base: number | undefined): Owner {
  if (base === undefined || slot < FIRST_UID) return { inside: slot, outside: slot }
  const inside = FIRST_INSIDE + slot - FIRST_UID
  return { inside, outside: base + inside }
}

/** Writes the sandbox's own files of /etc beside its volume. Faults: unavailable, when its files are another uid's. */
export async function preparePaths(
  home: string,
  work: string,
  owner: Owner,
  base: number | undefined,
): Promise<Paths> {
  const { uid } = await stat(work)
  if (uid !== owner.outside)
    throw new Fault(
      'unavailable',
      `The files of this workspace belong to uid ${uid}, not ${owner.outside}: it was made before the engine's users were remapped.`,
    )
  const etc = join(home, 'etc')
  await mkdir(etc, { recursive: true, mode: 0o755 })
  const { passwd, group } = accountsOf(owner.inside)
  // Not in the image: an engine puts an empty /etc/hosts of its own over it.
  const files = { passwd, group, hosts: HOSTS }
  for (const [name, text] of Object.entries(files)) await writeFile(join(etc, name), text, { mode: 0o644 })
  if (base !== undefined) await admit(home, base)
  const at = (name: keyof typeof files): string => join(etc, name)
  return {
    control: join(home, 'control'),
    work,
    passwd: at('passwd'),
    group: at('group'),
    hosts: at('hosts'),
  }
}

/** The engine binds as its remapped root, who must walk through; by the group, because the owner names the slot. */
async function admit(home: string, base: number): Promise<void> {
  const { uid } = await stat(home)
  await chown(home, uid, base)
  await chmod(home, 0o550)
}
