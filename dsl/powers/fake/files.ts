// A fake Files for op tests: text files in a map. Directories are only recorded.
import { Fault } from '#dsl/fault.ts'
import type { FileStat, Files } from '#dsl/powers/files.ts'

const DIGEST = '0'.repeat(64)

export function fakeFiles(initial: Readonly<Record<string, string>> = {}): Files {
  const contents = new Map<string, string | null>(Object.entries(initial))
  const find = (path: string): string | null => {
    const found = contents.get(path)
    if (found === undefined) throw new Fault('not_found', `There is nothing at ${path}.`)
    return found
  }
  const stat = (path: string): FileStat => {
    const content = find(path)
    return {
      name: path.split('/').at(-1) ?? path,
      path,
      type: content === null ? 'directory' : 'file',
      size: content?.length ?? 0,
      modifiedAt: '2026-01-01T00:00:00Z',
      mode: content === null ? '755' : '644',
    }
  }
  return {
    async read(path, { offset = 0, length, encoding = 'utf8' } = {}) {
      const whole = find(path) ?? ''
      const content = whole.slice(offset, length === undefined ? undefined : offset + length)
      return { path, content, encoding, size: whole.length, sha256: DIGEST }
    },
    async write(path, content, { ifSha256 } = {}) {
      if (ifSha256 !== undefined && ifSha256 !== DIGEST) throw new Fault('conflict', `${path} has changed.`)
      contents.set(path, content)
      return { ...stat(path), sha256: DIGEST }
    },
    list: async (path) =>
      [...contents.keys()].filter((key) => path === '.' || key.startsWith(`${path}/`)).map(stat),
    stat: async (path) => stat(path),
    async mkdir(path) {
      contents.set(path, null)
      return stat(path)
    },
    async move(from, to, { overwrite = false } = {}) {
      if (contents.has(to) && !overwrite) throw new Fault('conflict', `There is something at ${to}.`)
      contents.set(to, find(from))
      contents.delete(from)
      return stat(to)
    },
    async remove(path) {
      find(path)
      contents.delete(path)
    },
  }
}
