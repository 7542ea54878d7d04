// One command's talk with the other side: find it, connect, work, hang up. It never outlives the command.
import { Fault } from '#dsl/fault.ts'
import type { Op } from '#dsl/op.ts'
import { doorInput } from '#dsl/catalog.ts'
import { parseInput } from '#dsl/perform.ts'
import { askYes, canAsk } from './ask.ts'
import type { Config } from './config.ts'
import type { Globals } from './derive.ts'
import { findEndpoint } from './endpoint.ts'
import type { Endpoint } from './endpoint.ts'
import { post } from './http.ts'
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
  const endpoint = endpointOf(globals, config, op.runs)
  const event = (event: unknown) => printNote(JSON.stringify(event))
  const answer = op.public
    ? await callPublic(op, input, endpoint, event)
    : await withLink(endpoint, (link) => interruptible(link.call(op.name, input, { event })))
  printOutput(answer, { json: globals.json ?? false })
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

/**
 * An op that a stranger may call, over HTTP: no socket opens for who is not signed in. Ctrl-C ends the waiting. Faults:
 * invalid before anything is sent, unavailable, cancelled, and what the op faults with.
 */
export async function callPublic(
  op: Op,
  input: Record<string, unknown>,
  endpoint: Endpoint,
  event: (event: unknown) => void,
): Promise<Answer> {
  parseInput(op.name, doorInput(op), input)
  const left = new AbortController()
  const path = `/api/ops/${op.name}`
  const answer = post(endpoint, path, input, { signal: left.signal, event })
  return interruptible({ answer, cancel: () => left.abort() })
}

/** Only a person at a terminal is asked; a script has said what it wants. Faults: cancelled. */
async function askFirst(op: Op): Promise<void> {
  if (!canAsk() || (await askYes(`${op.summary}: this cannot be undone. Go on?`))) return
  throw new Fault('cancelled', 'Nothing was changed.')
}
