// One command's talk with the other side: find it, connect, work, hang up. It never outlives the command.
import { createInterface } from 'node:readline/promises'
import { Fault } from '#dsl/fault.ts'
import type { Op } from '#dsl/op.ts'
import { doorInput } from '#dsl/catalog.ts'
import { parseInput } from '#dsl/perform.ts'
import type { Config } from './config.ts'
import type { Globals } from './derive.ts'
import { findEndpoint } from './endpoint.ts'
import type { Endpoint } from './endpoint.ts'
import { connect } from './link.ts'
import type { Answer, Call, Link } from './link.ts'
import { printNote, printOutput } from './print.ts'

/** Signals by which a person or a system asks a command to end. */
export const FORWARDED = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const

export function endpointOf(globals: Globals, config: Config, runs?: Op['runs']): Endpoint {
  return findEndpoint(globals, config, process.cwd(), runs)
}

export async function withLink<T>(endpoint: Endpoint, work: (link: Link) => Promise<T>): Promise<T> {
  const link = await connect(endpoint)
  try {
    return await work(link)
  } finally {
    link.close()
  }
}

/** Calls an op once and prints its answer; events go to stderr as they come. Faults: invalid before anything is sent. */
export async function runOp(
  op: Op,
  input: Record<string, unknown>,
  globals: Globals,
  config: Config,
): Promise<void> {
  parseInput(op.name, doorInput(op), input)
  if (op.effect === 'destroy' && !globals.yes) await askFirst(op)
  await withLink(endpointOf(globals, config, op.runs), async (link) => {
    const call = link.call(op.name, input, { event: (event) => printNote(JSON.stringify(event)) })
    printOutput(await interruptible(call), { json: globals.json ?? false })
  })
}

/** Waits for the answer; Ctrl-C and its like cancel the call, and its fault then says so. */
export async function interruptible({ answer, cancel }: Call): Promise<Answer> {
  for (const signal of FORWARDED) process.on(signal, cancel)
  try {
    return await answer
  } finally {
    for (const signal of FORWARDED) process.off(signal, cancel)
  }
}

/** Only a person at a terminal is asked; a script has said what it wants. Faults: cancelled. */
async function askFirst(op: Op): Promise<void> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return
  const lines = createInterface({ input: process.stdin, output: process.stderr })
  const answer = await lines.question(`${op.summary}: this cannot be undone. Go on? [y/N] `)
  lines.close()
  if (!/^y(es)?$/i.test(answer.trim())) throw new Fault('cancelled', 'Nothing was changed.')
}
