// How an attempt ended, in the engine's words: what counts as a failure, and what of an answer is the step's output.
import type { Fault } from '#dsl/fault.ts'
import type { Value } from '#dsl/workflow/expression/value.ts'
import type { StepEnd } from '#server/workflow/step-runner.ts'

/** `stdout`: what a command printed. */
export function endOf(op: string, answer: Readonly<Record<string, unknown>>, stdout: string): StepEnd {
  const { exitCode, costUsd } = answer
  const cost = typeof costUsd === 'number' ? costUsd : 0
  const output = outputOf(op, answer, stdout)
  if (typeof exitCode !== 'number' || exitCode === 0) return { ok: true, output, costUsd: cost }
  const error = { code: 'exit', message: `${op} ended with the exit code ${exitCode}.` }
  return { ok: false, failure: { exitCode }, error, output, costUsd: cost }
}

export function failedBy({ code, message }: Fault): StepEnd {
  return { ok: false, failure: { fault: code }, error: { code, message }, costUsd: 0 }
}

/** A command's is its text, a model's too; any other op's is its whole answer. */
function outputOf(op: string, answer: Readonly<Record<string, unknown>>, stdout: string): Value {
  if (op === 'exec') return stdout
  if (op === 'llm.chat' && typeof answer['text'] === 'string') return answer['text']
  return answer as Value
}
