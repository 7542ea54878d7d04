// The directory of one sandbox on the host, and whose it is. Only that sandbox's uid and the server can enter it.
import { chmodSync, chownSync, mkdirSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { Fault } from '#dsl/fault.ts'
import type { Place } from './place.ts'

/** As root, sandbox number n is host uid FIRST_UID + n: file owners, process counts and keyrings never meet. */
export const FIRST_UID = 200_000
const MAX_SLOTS = 10_000
const ID = /^[a-z0-9-]{1,40}$/

/** It becomes part of paths and names. Faults: invalid. */
export function checkedId(id: string): string {
  if (ID.test(id)) return id
  throw new Fault('invalid', 'A workspace id is made of a-z, 0-9 and -, at most 40 of them.')
}

/** Faults: invalid. */
export const homeOf = (place: Place, id: string): string => join(place.path, 'sandboxes', checkedId(id))

/**
 * Makes the directory when it is new and answers its uid. The owner of the directory is the record of the slot, and
 * nothing here waits, so two starts never take the same one. Faults: exhausted.
 */
export function claimHome(place: Place, home: string): number {
  const known = statSync(home, { throwIfNoEntry: false })?.uid
  if (known !== undefined && (!place.root || known >= FIRST_UID)) return known
  mkdirSync(home, { recursive: true, mode: 0o700 })
  if (!place.root) return process.getuid?.() ?? 0
  const uid = freeUid(join(home, '..'))
  chownSync(home, uid, uid)
  // The sandbox's uid may walk through, and change nothing: sockets, image and record are the server's.
  chmodSync(home, 0o500)
  return uid
}

function freeUid(sandboxes: string): number {
  const taken = new Set(readdirSync(sandboxes).map((name) => statSync(join(sandboxes, name)).uid))
  for (let slot = 1; slot <= MAX_SLOTS; slot++) if (!taken.has(FIRST_UID + slot)) return FIRST_UID + slot
  throw new Fault('exhausted', `This server has ${MAX_SLOTS} workspaces. Remove one to make another.`)
}
