// Which limits hold on this machine, found out by really trying them. Only tests use it.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { closeVolume, openVolume, type Volume } from '#server/fleet/volume/volume.ts'
import { makeCgroup, removeCgroup } from './cgroup.ts'
import { limitDisks } from './disk-rate.ts'

const LIMITS = { diskBytes: 1e6, memoryBytes: 1e8, pids: 10, cpus: 1 }
const RATE = 1e7

export function hasQuota(): Promise<boolean> {
  return withVolume((volume) => Promise.resolve(volume.unbounded === undefined))
}

export async function hasGroups(): Promise<boolean> {
  const group = await makeCgroup(`chispart-test-${process.pid}`, LIMITS)
  if (group !== undefined) await removeCgroup(group)
  return group !== undefined
}

/** Undefined where the rate of disks holds. */
export function whyUnpaced(): Promise<string | undefined> {
  return withVolume(async (volume) => {
    const group = await makeCgroup(`chispart-test-${process.pid}`, LIMITS)
    if (group === undefined) return 'there are no control groups'
    const why = await limitDisks(group, RATE, { volume, system: [] })
    await removeCgroup(group)
    return why
  })
}

async function withVolume<T>(look: (volume: Volume) => Promise<T>): Promise<T> {
  const home = await mkdtemp(join(tmpdir(), 'volume-'))
  const uid = process.getuid?.() ?? 0
  const volume = await openVolume({ home, uid, bytes: 16_777_216, root: uid === 0, bytesPerSecond: RATE })
  try {
    return await look(volume)
  } finally {
    await closeVolume(home)
    await rm(home, { recursive: true })
  }
}
