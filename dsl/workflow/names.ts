// The roots that expressions may start from, and where. One list for the parser, the checks and the completion of editors.

export const ROOTS = {
  context: 'The run: branch, sha, base, repository, actor, event, workflow, run_id, attempt',
  env: 'Variables of the workflow and of the step',
  github: 'The GitHub event, as GitHub sends it: github.event.pull_request.title',
  inputs: 'What the person who started the run filled in',
  matrix: 'The combination of this step',
  secrets: 'Secrets by name; only for what runs in the server, never in a sandbox',
  steps: 'Steps before: steps.ID.ok, output, outputs.NAME, outcome, conclusion, error, attempts',
} as const

export type Root = keyof typeof ROOTS

const RUN: readonly Root[] = ['context', 'github', 'inputs']

/** Roots by where an expression stands. */
export const NAMES = {
  /** `env` of the whole workflow, and `concurrency`: before any step. */
  workflow: RUN,
  webhook: ['github'] as readonly Root[],
  matrix: [...RUN, 'env', 'steps'] as readonly Root[],
  condition: [...RUN, 'env', 'matrix', 'steps'] as readonly Root[],
  step: [...RUN, 'env', 'matrix', 'secrets', 'steps'] as readonly Root[],
} as const

/** What can be read of a step that ended. */
export const STEP_FIELDS = {
  ok: 'true when it succeeded',
  output: 'What it answered: text, or the fields of the op',
  outputs: 'The values that its outputs name',
  outcome: 'success, failure, cancelled or skipped; before continue_on_error',
  conclusion: 'The same, after continue_on_error',
  error: 'Of a failure: its code and message',
  attempts: 'How often it was tried',
} as const
