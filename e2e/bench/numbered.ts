// Numbered lines of a terminal, and whether every byte of them came, in order. It knows what they are, and keeps none of them.
import { createHash } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import type { Reader } from './reader.ts'

const TAIL = 100

export interface Numbered {
  /** Prints them all; with `pauseMs`, a thousand at a time with a pause between. */
  begin(pauseMs?: number): void
  /** Bytes that are missing, once the last line is there; NaN when another byte came in their place. */
  lost(): Promise<number>
  close(): Promise<void>
}

/** Resolves when the terminal is ready to print `lines` of them. */
export async function numberedLines(reader: Reader, lines: number, workspace?: string): Promise<Numbered> {
  const hash = createHash('sha256')
  const done = Promise.withResolvers<undefined>()
  let bytes = 0
  let counting = false
  let tail = ''
  const terminal = await reader.open(workspace, (data) => {
    tail = (tail + data.toString('latin1')).slice(-TAIL)
    if (!counting) return
    bytes += data.length
    hash.update(data)
    if (tail.endsWith(`\n${lines}\r\n`)) done.resolve(undefined)
  })
  // Nothing but the lines is printed: no prompt, no echo, no mark of readline's.
  terminal.write("bind 'set enable-bracketed-paste off'; PS1=; stty -echo; printf 'REA''DY\\n'\n")
  while (!tail.endsWith('READY\r\n')) await wait(10)
  return {
    begin(pauseMs) {
      counting = true
      const slowly = `for ((n = 1; n <= ${lines}; n += 1000)); do seq $n $((n + 999)); read -t ${(pauseMs ?? 0) / 1000} <> <(:); done`
      terminal.write(pauseMs === undefined ? `seq 1 ${lines}\n` : `${slowly}\n`)
    },
    async lost() {
      await done.promise
      const expected = createHash('sha256')
      let size = 0
      for (let n = 1; n <= lines; n++) {
        expected.update(`${n}\r\n`)
        size += `${n}\r\n`.length
      }
      return bytes === size && hash.digest('hex') !== expected.digest('hex') ? Number.NaN : size - bytes
    },
    async close() {
      const where = workspace === undefined ? {} : { workspace }
      await reader.call('pty.close', { pty: terminal.pty, ...where })
    },
  }
}
