// A secret of this installation: made once, and kept in a file that nobody else may read. It is never logged.
import { chmod, link, readFile, rm, writeFile } from 'node:fs/promises'
import { newSecret } from './secret.ts'

/** Made beside its place and linked into it: of two starts at once one secret wins, and a crash leaves no half of one. */
export async function ownSecret(file: string, make: () => string = () => newSecret(48)): Promise<string> {
  const kept = await readFile(file, 'utf8').catch(() => undefined)
  if (kept !== undefined) {
    await chmod(file, 0o600)
    return kept
  }
  const fresh = `${file}.${newSecret(8)}`
  await writeFile(fresh, make(), { mode: 0o600, flag: 'wx' })
  await link(fresh, file).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error
  })
  await rm(fresh)
  return readFile(file, 'utf8')
}
