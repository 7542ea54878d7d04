// A fake Pty for op tests: terminals as records, without a program behind them.
import { Fault } from '#dsl/fault.ts'
import type { Attachment, Pty, PtyInfo } from '#dsl/powers/pty.ts'

export function fakePty(): Pty {
  const ptys = new Map<string, PtyInfo>()
  let made = 0
  const find = (id: string): PtyInfo => {
    const found = ptys.get(id)
    if (found === undefined) throw new Fault('not_found', `There is no terminal "${id}".`)
    return found
  }
  const attachment = ({ id, cols, rows }: PtyInfo, cursor: number): Attachment => ({
    pty: id,
    stream: 1,
    cursor,
    cols,
    rows,
  })
  return {
    async open({ name = 'bash', cwd = '/work/app', cols = 80, rows = 24 }) {
      made += 1
      const startedAt = '2026-01-01T00:00:00Z'
      const info = { id: `p${made}`, name, title: name, cwd, cols, rows, startedAt, attached: 1 }
      ptys.set(info.id, info)
      return attachment(info, 0)
    },
    async attach(id, { cursor, cols, rows }) {
      const was = find(id)
      const info = { ...was, cols: cols ?? was.cols, rows: rows ?? was.rows }
      ptys.set(id, info)
      if (cursor !== undefined) return attachment(info, cursor)
      return { ...attachment(info, 0), screen: '$ ' }
    },
    list: async () => [...ptys.values()],
    resize: async (id, size) => void ptys.set(id, { ...find(id), ...size }),
    rename: async (id, name) => void ptys.set(id, { ...find(id), name }),
    close: async (id) => void ptys.delete(find(id).id),
  }
}
