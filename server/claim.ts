// One server per data directory: a second one would stop the first one's database and fight for its sandboxes. The claim
// is a file with the claimant's process in it, so that a killed server leaves none that counts.
import { link, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Fault } from '#dsl/fault.ts'
import { newSecret } from './auth/secret.ts'

const FILE = 'server.claim'
/** A stale claim is cleared once; a second one means that another server starts in this very moment. */
const TRIES = 2

/** Answers how to give the claim up. Faults: conflict (a server that runs has it). */
export async function claimData(dataDir: string): Promise<() => Promise<void>> {
  const file = join(dataDir, FILE)
  const own = await identity(process.pid)
  for (let attempt = 0; attempt < TRIES; attempt++) {
    if (await place(file, own)) return () => rm(file, { force: true })
    const holder = await readFile(file, 'utf8').catch(() => '')
    if (await lives(holder)) throw taken(dataDir, holder)
    await rm(file, { force: true })
  }
  throw taken(dataDir, await readFile(file, 'utf8').catch(() => ''))
}

/** Written beside its place and linked into it: the file is there whole, and for one claimant only. */
async function place(file: string, own: string): Promise<boolean> {
  const fresh = `${file}.${newSecret(8)}`
  await writeFile(fresh, own, { mode: 0o600, flag: 'wx' })
  try {
    await link(fresh, file)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  } finally {
    await rm(fresh, { force: true })
  }
}

async function lives(holder: string): Promise<boolean> {
  const pid = Number.parseInt(holder, 10)
  return pid > 0 && holder === (await identity(pid))
}

/** `<pid> <clock tick of its start>`: a pid is used again, the two together are not. Without /proc, the pid alone. */
async function identity(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  const started = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
  if (started !== undefined) return `${pid} ${started}`
  return isThere(pid) ? `${pid}` : ''
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

function taken(dataDir: string, holder: string): Fault {
  const who = `Chispart already runs on ${dataDir} (process ${Number.parseInt(holder, 10) || 'unknown'}).`
  return new Fault('conflict', `${who} Stop it first, or set CHISPART_DATA to another directory.`)
}
