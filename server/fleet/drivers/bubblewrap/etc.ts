// The directory that is /etc in every sandbox: few files of ours, and those of the machine that programs miss. It is a copy,
// because bwrap reads the kernel's whole list of mounts for each that it makes. It holds no secret.
import { createHash } from 'node:crypto'
import { cp, lstat, mkdir, realpath, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** Name below /etc → text. */
export type EtcFiles = Readonly<Record<string, string>>

/** Files of the machine's /etc that are the same for everybody. */
const OF_THE_MACHINE = [
  'alternatives',
  'bash.bashrc',
  'inputrc',
  'ld.so.cache',
  'localtime',
  'mime.types',
  'os-release',
  'ssl/certs',
  'ssl/openssl.cnf',
  'terminfo',
  'vim',
]

/** Another one for each change of what it is made of. */
export async function etcVersion(files: EtcFiles): Promise<string> {
  const states = OF_THE_MACHINE.map((name) => lstat(join('/etc', name)).catch(() => undefined))
  const times = (await Promise.all(states)).map((state) => state?.mtimeMs)
  return createHash('sha256')
    .update(JSON.stringify([files, times]))
    .digest('hex')
    .slice(0, 12)
}

/** Makes the directory `target`. What this machine lacks is left out. */
export async function writeEtc(target: string, files: EtcFiles): Promise<void> {
  await mkdir(target, { mode: 0o755 })
  for (const name of OF_THE_MACHINE) await copyEntry(name, target)
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(target, name)), { recursive: true, mode: 0o755 })
    await writeFile(join(target, name), text, { mode: 0o644 })
  }
}

/** Links inside of a directory stay links, which lead to /usr there as here. */
async function copyEntry(name: string, target: string): Promise<void> {
  const from = await realpath(join('/etc', name)).catch(() => undefined)
  if (from !== undefined) await cp(from, join(target, name), { recursive: true, verbatimSymlinks: true })
}
