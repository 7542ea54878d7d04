// What follows when a step has opened or updated a pull request: its commit is to hear how the run goes. A person's own pull
// request hears nothing. It never fails a step.
import { z } from 'zod'
import type { Log } from '#server/log.ts'
import { isDatabaseAway } from '#server/store/transaction.ts'
import type { Checks } from '#server/workflow/checks.ts'
import type { RunFacts } from '#server/workflow/step-runner.ts'

const Pull = z.object({ repo: z.string(), sha: z.string(), own: z.boolean() })

export interface OpenedPullParts {
  readonly checks?: Pick<Checks, 'opened'> | undefined
  readonly log: Log
}

/** `answer`: of github.pr.create. Rejects only when the database is away: under its key the step is done again then. */
export async function openedPull(
  { checks, log }: OpenedPullParts,
  run: RunFacts,
  answer: Readonly<Record<string, unknown>>,
): Promise<void> {
  const pull = Pull.safeParse(answer).data
  if (checks === undefined || pull?.own !== true) return
  await checks.opened(run, pull).catch((error: unknown) => {
    if (isDatabaseAway(error)) throw error
    log.error({ run: run.id, err: error }, 'the commit of a pull request does not hear how its run goes')
  })
}
