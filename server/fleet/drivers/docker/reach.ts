// What differs between an engine that shares this machine's files and sockets and one that does not: a container's disk, and
// its ways out. It decides nothing about what is locked; that is the container's.
import type { Container, MountSettings } from 'dockerode'
import type { SandboxLimits } from '#server/fleet/driver.ts'
import type { DiskRate } from '#server/fleet/volume/disk.ts'
import type { Ground } from './ground.ts'

/** What a container is given. */
export interface Outfit {
  /** uid and gid of every process, as the container counts them. */
  readonly uid: number
  readonly mounts: readonly MountSettings[]
  /** Directories in memory beside those of every container: path → options. */
  readonly tmpfs: Readonly<Record<string, string>>
  /** Lines for /etc/hosts, `name:address`, and for /etc/resolv.conf, where the engine is to write both. */
  readonly names?: { readonly hosts: readonly string[]; readonly servers: readonly string[] }
  /** Undefined when the size of the disk is enforced; else why it is not. */
  readonly unbounded: string | undefined
  readonly rates: readonly DiskRate[]
  /** Undefined when the rate of the disk is enforced, or there is none; else why it is not. */
  readonly unpaced: string | undefined
}

export interface Reach {
  /** Makes the disk when it is new; what is opened is closed by `shut`. Faults: unavailable, exhausted, invalid (id). */
  outfit(id: string, limits: SandboxLimits, ground: Ground): Promise<Outfit>
  /** Opens the ways out of a container that runs, also of one that outlived the server. Idempotent. */
  open(id: string, container: Container): Promise<void>
  /** Closes the ways out. Idempotent. */
  shut(id: string): Promise<void>
  /** Before a container is ended: who waits for its disk at its rate cannot be. Idempotent. */
  hurry(id: string, container: Container): Promise<void>
  /** Lets go of the disk of a container that is gone. Idempotent. */
  release(id: string): Promise<void>
  /** Deletes the disk. Idempotent. Faults: unavailable. */
  remove(id: string): Promise<void>
  diskBytes(id: string): Promise<number>
  /** Closes every way out. */
  close(): Promise<void>
}
