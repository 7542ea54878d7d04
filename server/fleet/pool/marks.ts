// Which sandboxes belong to nobody yet, as empty files on disk: a server that was killed cannot say so any more. A mark is
// there before its sandbox is, and is taken away when a workspace's row has the sandbox's id.
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

export interface Marks {
  add(id: string): Promise<void>
  remove(id: string): Promise<void>
  list(): Promise<string[]>
}

export function createMarks(directory: string): Marks {
  return {
    async add(id) {
      await mkdir(directory, { recursive: true, mode: 0o700 })
      await writeFile(join(directory, id), '', { flag: 'wx' })
    },
    remove: (id) => rm(join(directory, id), { force: true }),
    list: () => readdir(directory).catch(nothingYet),
  }
}

function nothingYet(error: NodeJS.ErrnoException): string[] {
  if (error.code !== 'ENOENT') throw error
  return []
}
