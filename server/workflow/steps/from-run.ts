// What a run says for its steps where they are silent: the name of an effect, and the repository that it is about.
import type { StepKind } from '#dsl/workflow/step-kind.ts'
import type { StepCall } from '#server/workflow/step-runner.ts'

type Input = Readonly<Record<string, unknown>>

/** Only fields that the op has and the run knows; what the step says itself goes before them. */
export function fromRun(call: StepCall, kind: StepKind): Input {
  const known = Object.entries(said(call, kind)).filter(
    ([name, value]) => value !== undefined && Object.hasOwn(kind.input.shape, name),
  )
  return Object.fromEntries(known)
}

/**
 * On GitHub a step leaves one thing behind, however often it is tried: an attempt whose answer was lost may have made it.
 * Elsewhere each attempt is its own: a model is asked, and paid, again.
 */
function said({ key, run, instance }: StepCall, { name }: StepKind): Input {
  if (!name.startsWith('github.')) return { once: key }
  return { once: `${run.id}/${instance}`, repo: run.repo, head: run.branch }
}
