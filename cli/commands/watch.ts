// `chispart run watch`, and what `run --watch` does: follows a run to its end, over any number of connections, and ends as it does.
import { Command } from 'commander'
import { FAULTS, Fault } from '#dsl/fault.ts'
import { runCancel } from '#dsl/ops/run/cancel.ts'
import { RUN_EVENT } from '#dsl/ops/run/fields.ts'
import type { RunEvent, RunState } from '#dsl/powers/runs.ts'
import { painter } from '#cli/ansi.ts'
import type { Config } from '#cli/config.ts'
import type { Globals } from '#cli/derive.ts'
import type { Endpoint } from '#cli/endpoint.ts'
import { openLasting } from '#cli/lasting-link.ts'
import type { LastingLink } from '#cli/lasting-link.ts'
import { endWithReader, printLine, printNote } from '#cli/print.ts'
import { createTree } from '#cli/run-tree.ts'
import { endpointOf } from '#cli/session.ts'

/** Milliseconds in which a second Ctrl-C counts as one. */
const SECOND_MS = 5000
/** Signals that end the watching and not the run. */
const LEAVE = ['SIGTERM', 'SIGHUP', 'SIGQUIT'] as const

/** Exit status of a command that waited for the run. */
const EXITS: Partial<Record<RunState, number>> = {
  succeeded: 0,
  failed: 1,
  cancelled: FAULTS.cancelled.exit,
  timed_out: FAULTS.timed_out.exit,
  over_budget: FAULTS.exhausted.exit,
}

const HELP = `
Exit status: 0 when it succeeded, 1 failed, ${FAULTS.timed_out.exit} timed out, ${FAULTS.cancelled.exit} cancelled, ${FAULTS.exhausted.exit} over budget; else that of the fault.
Ctrl-C twice cancels the run; Ctrl-\\ leaves it running.`

export function watchCommand(config: Config): Command {
  const command = new Command('watch')
  return command
    .description('Follow a run to its end, with what its steps print')
    .argument('<run>', 'Id of a run')
    .option('--cursor <number>', 'The last event that you have; 0 for all', Number, 0)
    .addHelpText('after', HELP)
    .action(async (run: string) => {
      const options = command.optsWithGlobals<Globals & { cursor: number }>()
      const endpoint = endpointOf(options, config, 'control')
      process.exitCode = await watchRun(endpoint, run, { ...options, color: config.color })
    })
}

export interface WatchOptions {
  readonly json?: boolean
  readonly color: boolean
  readonly cursor?: number
}

/** The exit status that the run's end stands for. Faults: not_found, unavailable, cancelled (the person left). */
export async function watchRun(endpoint: Endpoint, run: string, options: WatchOptions): Promise<number> {
  const link = await openLasting(endpoint, () => printNote('The connection is lost. Connecting again …'))
  endWithReader()
  const hands = takeSignals(run, () => link.call('run.cancel', () => ({ run })).then(runCancel.output.parse))
  try {
    const state = await Promise.race([follow(link, run, options), hands.left])
    return EXITS[state] ?? FAULTS.internal.exit
  } finally {
    hands.release()
    link.close()
  }
}

async function follow(link: LastingLink, run: string, options: WatchOptions): Promise<RunState> {
  const color = options.color && process.stdout.isTTY
  const tree = createTree({ link, paint: painter(color), color, print: printLine })
  const take = options.json ? (event: RunEvent) => Promise.resolve(printLine(JSON.stringify(event))) : tree
  let cursor = options.cursor ?? 0
  let state: RunState | undefined
  let taken = Promise.resolve()
  const answer = link.call(
    'run.watch',
    () => ({ run, cursor }),
    (value) => {
      const event = RUN_EVENT.parse(value) as RunEvent
      // The first connection may have said it already.
      if (event.cursor <= cursor) return
      cursor = event.cursor
      if (event.type === 'run') state = event.run.state
      taken = taken.then(() => take(event))
      taken.catch(() => undefined)
    },
  )
  await answer
  await taken
  if (state !== undefined) return state
  throw new Fault('not_found', `Run ${run} has no event behind ${cursor}.`)
}

/** The first Ctrl-C asks, the second cancels the run, the third and every other signal leave it. */
function takeSignals(run: string, cancel: () => Promise<unknown>) {
  const left = Promise.withResolvers<never>()
  left.promise.catch(() => undefined)
  let pressed = -Infinity
  let cancelling = false
  const leave = () =>
    left.reject(
      new Fault('cancelled', `The run goes on without you. To see it again: chispart run watch ${run}`),
    )
  const interrupt = () => {
    if (cancelling) return leave()
    const now = performance.now()
    if (now - pressed > SECOND_MS) {
      pressed = now
      return printNote('Press Ctrl-C again to cancel the run, or Ctrl-\\ to leave it running.')
    }
    cancelling = true
    printNote('Cancelling the run …')
    cancel().catch(left.reject)
  }
  process.on('SIGINT', interrupt)
  for (const signal of LEAVE) process.on(signal, leave)
  return {
    left: left.promise,
    release() {
      process.off('SIGINT', interrupt)
      for (const signal of LEAVE) process.off(signal, leave)
    },
  }
}
