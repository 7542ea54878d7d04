// Reads what a step printed, page by page, also while it prints. It writes nothing.
import { setTimeout as delay } from 'node:timers/promises'
import { runLog } from '#dsl/ops/run/log.ts'
import { toFault } from '#dsl/fault.ts'
import type { LastingLink } from './lasting-link.ts'

const WAIT_MS = 250
/** A quiet step is asked for less and less often. */
const WAIT_MAX_MS = 2000

export interface StepPlace {
  readonly run: string
  readonly step: string
  /** The latest when left out. */
  readonly attempt?: number | undefined
}

export interface StepLog {
  /** Resolves when all was read: at the log's end, or at what there is when `finish` was called. */
  readonly done: Promise<void>
  /** No more will come than is there now. */
  finish(): void
}

/** `take` gets the text in order, in pieces of any size. Faults of `done`: not_found, when there is no log at the end. */
export function followLog(link: LastingLink, place: StepPlace, take: (text: string) => void): StepLog {
  const finished = new AbortController()
  return { done: read(link, place, take, finished.signal), finish: () => finished.abort() }
}

async function read(
  link: LastingLink,
  { run, step, attempt }: StepPlace,
  take: (text: string) => void,
  finished: AbortSignal,
): Promise<void> {
  let offset = 0
  let wait = WAIT_MS
  for (;;) {
    const last = finished.aborted
    const input = () => ({ run, step, offset, ...(attempt === undefined ? {} : { attempt }) })
    const page = await link.call('run.log', input).then(
      (answer) => runLog.output.parse(answer),
      (error: unknown) => notYet(error, last),
    )
    if (page !== undefined && page.end > offset) {
      offset = page.end
      wait = WAIT_MS
      take(page.text)
      if (!page.open || last) continue
    } else if (last || page?.open === false) return
    await delay(wait, undefined, { signal: finished }).catch(() => undefined)
    wait = Math.min(wait * 2, WAIT_MAX_MS)
  }
}

/** A step that runs may not have printed anything. */
function notYet(error: unknown, last: boolean): undefined {
  if (last || toFault(error).code !== 'not_found') throw error
}
