// A question to the person at the terminal. It never asks a script, and takes no answer for no.
import { createInterface } from 'node:readline/promises'
import { Fault } from '#dsl/fault.ts'
import { plain } from './print.ts'

export function canAsk(): boolean {
  return process.stdin.isTTY && process.stderr.isTTY
}

/** Faults: cancelled (Ctrl-C, or the terminal is gone). */
export async function askYes(question: string): Promise<boolean> {
  const lines = createInterface({ input: process.stdin, output: process.stderr })
  const left = new AbortController()
  const leave = () => left.abort()
  lines.once('SIGINT', leave).once('close', leave)
  try {
    const answer = await lines.question(`${plain(question)} [y/N] `, { signal: left.signal })
    return /^y(es)?$/i.test(answer.trim())
  } catch (cause) {
    throw new Fault('cancelled', 'Nothing was changed.', { cause })
  } finally {
    lines.close()
  }
}
