// What the host sees of a sandbox's processes, read from /proc as an operator would. It changes nothing.
import { readdir, readFile, readlink } from 'node:fs/promises'
import { join } from 'node:path'

/** Host pid of the first process in the sandbox; undefined when none is remembered. */
export async function firstProcess(dataDir: string, workspace: string): Promise<number | undefined> {
  const record = join(dataDir, 'fleet/sandboxes', workspace, 'record.json')
  const text = await readFile(record, 'utf8').catch(() => undefined)
  return text === undefined ? undefined : (JSON.parse(text) as { pid: number }).pid
}

/** Name of a process's pid namespace; undefined when it is gone or not ours to see. */
export function namespaceOf(pid: number | string): Promise<string | undefined> {
  return readlink(`/proc/${pid}/ns/pid`).catch(() => undefined)
}

/** Host pids of every process in that pid namespace. */
export async function processesIn(namespace: string): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const found = await Promise.all(
    pids.map(async (pid) => ((await namespaceOf(pid)) === namespace ? [Number(pid)] : [])),
  )
  return found.flat()
}
