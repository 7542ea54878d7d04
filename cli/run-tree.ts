// A run as lines for a person: what began, what it printed, how it ended and why. It asks for logs, and changes nothing.
import { toFault } from '#dsl/fault.ts'
import type { EgressDecision, RunEvent, RunInfo, RunState, StepInfo, StepState } from '#dsl/powers/runs.ts'
import { finalLine, logText } from './ansi.ts'
import type { Paint, Style } from './ansi.ts'
import type { LastingLink } from './lasting-link.ts'
import { plain } from './print.ts'
import { followLog } from './step-log.ts'
import type { StepLog } from './step-log.ts'

export interface TreeParts {
  readonly link: LastingLink
  readonly paint: Paint
  readonly color: boolean
  readonly print: (line: string) => void
}

const STEP_MARKS: Partial<Record<StepState, [mark: string, style: Style]>> = {
  running: ['▸', 'cyan'],
  approval: ['?', 'yellow'],
  success: ['✓', 'green'],
  failure: ['✗', 'red'],
  cancelled: ['■', 'yellow'],
  skipped: ['○', 'dim'],
}
const RUN_MARKS: Partial<Record<RunState, [mark: string, style: Style]>> = {
  waiting: ['?', 'yellow'],
  succeeded: ['✓', 'green'],
  failed: ['✗', 'red'],
  cancelled: ['■', 'yellow'],
  timed_out: ['✗', 'red'],
  over_budget: ['✗', 'red'],
}
const ENDED: readonly StepState[] = ['success', 'failure', 'cancelled', 'skipped']

/** Takes the events of one run in their order; each resolves when its lines, and those of the log before it, are printed. */
export function createTree({ link, paint, color, print }: TreeParts): (event: RunEvent) => Promise<void> {
  const logs = new Map<string, StepLog>()
  const shown = new Map<string, string>()
  let run: RunInfo | undefined

  /** Whether it is news; the same state may be told twice. */
  function isNews(id: string, state: string): boolean {
    if (shown.get(id) === state) return false
    shown.set(id, state)
    return true
  }

  function runNews(now: RunInfo): void {
    if (run === undefined)
      print(paint('bold', plain(`${now.workflow} #${now.number}`)) + paint('dim', `  ${now.id}`))
    run = now
    const mark = RUN_MARKS[now.state]
    if (mark === undefined || !isNews('', now.state)) return
    print(line(mark, now.state.replace('_', ' '), spanText(now), now.reason))
  }

  async function stepNews(step: StepInfo): Promise<void> {
    if (!isNews(step.id, `${step.state} ${step.attempts}`)) return
    if (step.state === 'running') return begin(step)
    const repeats = (await endLog(step.id)) && !ENDED.includes(step.state) && step.state !== 'approval'
    if (repeats) return print(line(['↻', 'yellow'], `${step.id} runs again`, undefined, step.reason))
    const mark = STEP_MARKS[step.state]
    if (mark === undefined) return
    const name = step.combination === undefined ? step.id : `${step.id} (${step.combination})`
    print(line(mark, name, ENDED.includes(step.state) ? spanText(step) : undefined, reasonOf(step)))
    if (step.state === 'approval' && run)
      print(paint('dim', plain(`    chispart run approve ${run.id} '${step.id}'`)))
  }

  function begin({ id, attempts }: StepInfo): void {
    const name = attempts > 1 ? `${id} (attempt ${attempts})` : id
    print(line(['▸', 'cyan'], name, undefined, undefined))
    if (run === undefined) return
    const lines = byLine((text) => print(`${paint('dim', plain(`    ${id} │`))} ${shownLine(text)}`))
    const place = { run: run.id, step: id, ...(attempts > 0 ? { attempt: attempts } : {}) }
    const log = followLog(link, place, lines.take)
    const done = log.done.catch(ignoreMissing).finally(lines.end)
    // Waited for when the step ends; a fault must not go unheard until then.
    done.catch(() => undefined)
    logs.set(id, { done, finish: log.finish })
  }

  async function endLog(id: string): Promise<boolean> {
    const log = logs.get(id)
    if (log === undefined) return false
    logs.delete(id)
    log.finish()
    await log.done
    return true
  }

  function shownLine(text: string): string {
    const clean = logText(finalLine(text), color)
    return color ? `${clean}\x1b[0m` : clean
  }

  function line([mark, style]: [string, Style], name: string, time?: string, reason?: string): string {
    const parts = [
      plain(name),
      time === undefined ? '' : paint('dim', time),
      reason === undefined ? '' : plain(reason),
    ]
    return `  ${paint(style, mark)} ${parts
      .filter((part) => part !== '')
      .join('  ')
      .replaceAll('\n', ' ')}`
  }

  /** What was allowed is in the events, for programs; a person is told what did not get out. */
  function egressNews({ outcome, target, steps, message }: EgressDecision): void {
    if (outcome === 'allowed') return
    const what = `${outcome === 'denied' ? 'blocked' : 'out of reach'}: ${target ?? 'a request'}`
    const who = steps.length > 0 ? `asked by ${steps.join(' or ')}` : undefined
    print(line(['⊘', 'red'], what, who, message))
  }

  return async (event) => {
    if (event.type === 'run') return runNews(event.run)
    return event.type === 'step' ? stepNews(event.step) : egressNews(event.egress)
  }
}

function reasonOf({ reason, error }: StepInfo): string | undefined {
  return reason ?? error?.message
}

/** A step that prints nothing has no log. */
function ignoreMissing(error: unknown): void {
  if (toFault(error).code !== 'not_found') throw error
}

function byLine(print: (line: string) => void) {
  let rest = ''
  return {
    take(text: string) {
      const lines = (rest + text).split('\n')
      rest = lines.pop() ?? ''
      lines.forEach((line) => print(line))
    },
    end() {
      if (rest !== '') print(rest)
      rest = ''
    },
  }
}

interface Span {
  readonly startedAt?: string | undefined
  readonly endedAt?: string | undefined
}

/** From start to end, when both are known: `0.4s`, `12.3s`, `2m 05s`, `1h 02m`. */
export function spanText({ startedAt, endedAt }: Span): string | undefined {
  if (startedAt === undefined || endedAt === undefined) return undefined
  const seconds = Math.max(0, Date.parse(endedAt) - Date.parse(startedAt)) / 1000
  if (seconds < 59.95) return `${seconds.toFixed(1)}s`
  const minutes = Math.floor(Math.round(seconds) / 60)
  const two = (value: number) => String(value).padStart(2, '0')
  if (minutes < 60) return `${minutes}m ${two(Math.round(seconds) % 60)}s`
  return `${Math.floor(minutes / 60)}h ${two(minutes % 60)}m`
}
