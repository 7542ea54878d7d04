// What a commit on GitHub hears of a run: the state and a sentence. Pure; it says nothing of what a step printed or failed of,
// because whoever may read the repository reads it. Source: GitHub Docs, REST API, commit statuses.
import type { CheckRow } from '#server/store/checks.ts'

export interface CommitStatus {
  readonly state: 'pending' | 'success' | 'failure' | 'error'
  readonly description: string
}

/** What a status says of a run. */
export type RunNews = Pick<CheckRow, 'number' | 'state' | 'hasBegun' | 'seconds' | 'asks' | 'failed'>

/** GitHub refuses longer ones. */
const DESCRIPTION_MAX = 140
const CONTEXT_MAX = 255

export function statusOf(run: RunNews): CommitStatus {
  const { state, said } = meaning(run)
  return { state, description: cut(`Run #${run.number} ${said}`, DESCRIPTION_MAX) }
}

export function pendingOf(number: number): CommitStatus {
  return { state: 'pending', description: `Run #${number} goes on.` }
}

/** Under which name the commit hears it: one line of the list of checks. */
export function contextOf(workflow: string): string {
  return cut(`chispart/${workflow}`, CONTEXT_MAX)
}

function meaning(run: RunNews): { state: CommitStatus['state']; said: string } {
  switch (run.state) {
    case 'queued':
    case 'running':
      return { state: 'pending', said: 'goes on.' }
    case 'waiting':
      if (!run.hasBegun) return { state: 'pending', said: 'waits for its turn.' }
      return { state: 'pending', said: `waits for an approval: ${run.asks ?? 'a step'}.` }
    case 'succeeded':
      return { state: 'success', said: `succeeded${duration(run)}.` }
    case 'failed':
      return { state: 'failure', said: `failed: ${run.failed ?? 'a step'}.` }
    case 'cancelled':
      return { state: 'error', said: 'was cancelled.' }
    case 'timed_out':
      return { state: 'error', said: 'took longer than it may.' }
    case 'over_budget':
      return { state: 'error', said: 'cost more than it may.' }
  }
}

function duration({ seconds: exact }: RunNews): string {
  if (exact === null) return ''
  const seconds = Math.max(0, Math.round(exact))
  const minutes = Math.floor(seconds / 60)
  return minutes === 0 ? ` in ${seconds} s` : ` in ${minutes} min ${seconds % 60} s`
}

/** Never half of a character. */
function cut(text: string, max: number): string {
  if (text.length <= max) return text
  return `${text.slice(0, max - 1).replace(/[\uD800-\uDBFF]$/, '')}…`
}
