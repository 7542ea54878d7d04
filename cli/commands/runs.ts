// `chispart runs` and `chispart logs`: runs as a table, and what one step printed, as it was printed.
import { Command, Option } from 'commander'
import { runList } from '#dsl/ops/run/list.ts'
import { RUN_STATES } from '#dsl/powers/runs.ts'
import { logText, wholeText } from '#cli/ansi.ts'
import type { Config } from '#cli/config.ts'
import type { Globals } from '#cli/derive.ts'
import { wholeNumber } from '#cli/flags.ts'
import { openLasting } from '#cli/lasting-link.ts'
import { endWithReader, printNote, printOutput, writeText } from '#cli/print.ts'
import { spanText } from '#cli/run-tree.ts'
import { endpointOf, interruptible, withLink } from '#cli/session.ts'
import { followLog } from '#cli/step-log.ts'

interface RunsOptions extends Globals {
  readonly state?: string
  readonly workflow?: string
  readonly limit?: number
  readonly cursor?: string
}

export function runsCommand(config: Config): Command {
  const command = new Command('runs')
  return command
    .description('List your runs, newest first')
    .addOption(new Option('--state <state>', 'Only those').choices(RUN_STATES))
    .option('--workflow <name>', 'Only of this workflow')
    .option('--limit <number>', 'How many', wholeNumber(1, 100))
    .option('--cursor <text>', 'Where the last page ended')
    .action(async () => {
      const { state, workflow, limit, cursor, ...globals } = command.optsWithGlobals<RunsOptions>()
      const given = Object.entries({ state, workflow, limit, cursor }).filter(
        ([, value]) => value !== undefined,
      )
      const input = Object.fromEntries(given)
      const endpoint = endpointOf(globals, config, 'control')
      const answer = await withLink(endpoint, (link) => interruptible(link.call('run.list', input)))
      if (globals.json) return printOutput(answer, { json: true })
      const page = runList.output.parse(answer)
      const rows = page.runs.map((run) => ({
        id: run.id,
        workflow: `${run.workflow} #${run.number}`,
        state: run.state,
        began: run.createdAt.slice(0, 16).replace('T', ' '),
        took: spanText(run),
        trigger: run.trigger,
        reason: run.reason,
      }))
      printOutput({ rows }, { json: false })
      if (page.cursor !== undefined) printNote(`There are more: chispart runs --cursor ${page.cursor}`)
    })
}

interface LogsOptions extends Globals {
  readonly follow?: boolean
  readonly attempt?: number
}

export function logsCommand(config: Config): Command {
  const command = new Command('logs')
  return command
    .description('Print what a step of a run printed')
    .argument('<run>', 'Id of a run')
    .argument('<step>', 'Id of a step; with [n] for one combination of its matrix')
    .option('-f, --follow', 'Go on until the step has ended')
    .option('--attempt <number>', 'Which try; the latest when left out', wholeNumber(1, 1000))
    .action(async (run: string, step: string) => {
      const options = command.optsWithGlobals<LogsOptions>()
      const endpoint = endpointOf(options, config, 'control')
      const link = await openLasting(endpoint, () => printNote('The connection is lost. Connecting again …'))
      endWithReader()
      const terminal = forTerminal(process.stdout.isTTY, config.color)
      try {
        const log = followLog(link, { run, step, attempt: options.attempt }, (text) =>
          writeText(terminal(text)),
        )
        if (!options.follow) log.finish()
        await log.done
      } finally {
        link.close()
      }
    })
}

/** Untouched for a pipe. On a terminal, a sequence that a page tears in two waits for its other half. */
function forTerminal(isTerminal: boolean, color: boolean): (text: string) => string {
  if (!isTerminal) return (text) => text
  let rest = ''
  return (text) => {
    const [shown, waiting] = wholeText(rest + text)
    rest = waiting
    return logText(shown, color)
  }
}
