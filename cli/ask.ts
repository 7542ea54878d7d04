// A question to the person at the terminal. It never asks a script, and takes no answer for no.
import { createInterface } from 'node:readline/promises'
import type { Interface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { Fault } from '#dsl/fault.ts'
import { plain } from './print.ts'

export function canAsk(): boolean {
  return process.stdin.isTTY && process.stderr.isTTY
}

/** Faults: cancelled (Ctrl-C, or the terminal is gone). */
export async function askYes(question: string): Promise<boolean> {
  const lines = createInterface({ input: process.stdin, output: process.stderr })
  const answer = await answerOf(lines, `${plain(question)} [y/N] `)
  return /^y(es)?$/i.test(answer.trim())
}

/** What is typed is not shown: the terminal has stopped showing it before the question is. Faults: as `askYes`. */
export async function askSecret(question: string): Promise<string> {
  const nowhere = new Writable({ write: (_, __, done) => done() })
  const lines = createInterface({ input: process.stdin, output: nowhere, terminal: true })
  process.stderr.write(`${plain(question)} `)
  try {
    return await answerOf(lines, '')
  } finally {
    process.stderr.write('\n')
  }
}

async function answerOf(lines: Interface, question: string): Promise<string> {
  const left = new AbortController()
  const leave = () => left.abort()
  lines.once('SIGINT', leave).once('close', leave)
  try {
    return await lines.question(question, { signal: left.signal })
  } catch (cause) {
    throw new Fault('cancelled', 'Nothing was changed.', { cause })
  } finally {
    lines.close()
  }
}
