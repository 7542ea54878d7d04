// What is remembered of a running sandbox, so that the next server finds it: its first process, and its groups.
import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'

const Cgroup = z.strictObject({
  version: z.literal([1, 2]),
  memory: z.string(),
  pids: z.string(),
  cpu: z.string(),
  cpuacct: z.string(),
  blkio: z.string().optional(),
})

const SandboxRecord = z.strictObject({
  /** Host pid of the sandbox's process 1: killing it ends every process inside (pid_namespaces(7)). */
  pid: z.int().positive(),
  /** Clock tick at which it started: a pid is used again, pid and start are not. */
  startTick: z.string(),
  cgroup: Cgroup.optional(),
})
export type SandboxRecord = z.output<typeof SandboxRecord>

export async function writeRecord(home: string, record: SandboxRecord): Promise<void> {
  const draft = join(home, 'record.json.new')
  await writeFile(draft, JSON.stringify(record), { mode: 0o600 })
  await rename(draft, join(home, 'record.json'))
}

/** Undefined when there is none, or none that can be read. */
export async function readRecord(home: string): Promise<SandboxRecord | undefined> {
  const text = await readFile(join(home, 'record.json'), 'utf8').catch(() => 'null')
  try {
    return SandboxRecord.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}

export async function forgetRecord(home: string): Promise<void> {
  await rm(join(home, 'record.json'), { force: true })
}

export async function isRunning({ pid, startTick }: SandboxRecord): Promise<boolean> {
  return (await startTickOf(pid)) === startTick
}

/** Field 22 of proc_pid_stat(5); undefined when the process is gone or a zombie. */
export async function startTickOf(pid: number): Promise<string | undefined> {
  const fields = await statFields(pid)
  return fields?.[0] === 'Z' ? undefined : fields?.[19]
}

/** Fields of proc_pid_stat(5) from the third on; the second may hold blanks and brackets. */
export async function statFields(pid: number | string): Promise<string[] | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined)
  return text?.slice(text.lastIndexOf(')') + 2).split(' ')
}
