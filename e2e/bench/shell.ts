// A shell on a reader that waits for what it prints. It keeps a short tail and a count, never the whole output.
import type { Reader } from './reader.ts'

const TAIL = 400

export interface Shell {
  write(text: string): void
  /** Resolves once the output since the last `forget` ends with it, or held it within the tail. */
  until(text: string): Promise<void>
  /** Resolves once so many bytes more have come. */
  pass(bytes: number): Promise<void>
  forget(): void
  bytes(): number
  /** Ends the terminal and its program. */
  close(): Promise<void>
}

export async function openShell(reader: Reader, workspace?: string): Promise<Shell> {
  let tail = ''
  let bytes = 0
  let look: (() => void) | undefined
  const terminal = await reader.open(workspace, (data) => {
    bytes += data.length
    tail = (tail + data.subarray(-TAIL).toString('latin1')).slice(-TAIL)
    look?.()
  })
  const when = (holds: () => boolean) =>
    new Promise<void>((resolve) => {
      look = () => {
        if (!holds()) return
        look = undefined
        resolve()
      }
      look()
    })
  return {
    write: terminal.write,
    until: (text) => when(() => tail.includes(text)),
    pass(more) {
      const goal = bytes + more
      return when(() => bytes >= goal)
    },
    forget: () => void (tail = ''),
    bytes: () => bytes,
    async close() {
      await reader.call('pty.close', { pty: terminal.pty, ...(workspace === undefined ? {} : { workspace }) })
    },
  }
}
