// What a step is given: its fields and variables with every expression computed, and checked. It never runs anything.
import { parseInput } from '#dsl/perform.ts'
import type { Scope } from '#dsl/workflow/expression/ast.ts'
import type { Value } from '#dsl/workflow/expression/value.ts'
import { ROOTS } from '#dsl/workflow/names.ts'
import { renderShell } from '#dsl/workflow/shell/render.ts'
import type { StepKind } from '#dsl/workflow/step-kind.ts'
import { parseTemplate, renderText, renderValue } from '#dsl/workflow/template.ts'
import type { StepCall } from '#server/workflow/step-runner.ts'
import { fromRun } from './from-run.ts'

export interface Rendered {
  /** Fields for the op, as a caller would send them. */
  readonly input: Readonly<Record<string, unknown>>
  /** What the step's other expressions read: the call's roots, and `env`. */
  readonly scope: Scope
}

const NAMES = Object.keys(ROOTS)

/** Faults: invalid (which field, and why). */
export function renderStep(call: StepCall, kind: StepKind): Rendered {
  const { run, step, scope } = call
  const shared = renderEnv(run.workflow.env, scope)
  const inherited = withEnv(scope, shared)
  const env = { ...shared, ...renderEnv(step.env, inherited) }
  const full = withEnv(scope, env)
  const fields = Object.fromEntries(
    Object.entries(step.with).map(([name, value]) => [
      name,
      typeof value === 'string' && kind.shell.includes(name)
        ? renderShell(parseTemplate(value, NAMES), full)
        : renderIn(value, full),
    ]),
  )
  const input = {
    ...fromRun(call, kind),
    ...fields,
    ...(takesEnv(kind, env) ? { env: { ...env, ...(fields['env'] as object) } } : {}),
  }
  parseInput(kind.name, kind.input, input)
  return { input, scope: full }
}

/** The step's `outputs`, computed with its own output in scope. Faults: invalid. */
export function renderOutputs(
  { step }: StepCall,
  scope: Scope,
  output: Value,
): Readonly<Record<string, Value>> {
  const { steps } = scope.names
  const own = { ok: true, output, outputs: {}, outcome: 'success', conclusion: 'success', error: null }
  const names = { ...scope.names, steps: { ...(steps as object), [step.id]: own } }
  return Object.fromEntries(
    Object.entries(step.outputs).map(([name, text]) => [
      name,
      renderValue(parseTemplate(text, NAMES), { ...scope, names }),
    ]),
  )
}

/** One text of the step that no shell reads: the path of an artifact, a name. Faults: invalid. */
export function renderPlain(text: string, scope: Scope): string {
  return renderText(parseTemplate(text, NAMES), scope)
}

function renderEnv(env: Readonly<Record<string, string>>, scope: Scope): Record<string, string> {
  return Object.fromEntries(Object.entries(env).map(([name, text]) => [name, renderPlain(text, scope)]))
}

function withEnv(scope: Scope, env: Readonly<Record<string, string>>): Scope {
  return { ...scope, names: { ...scope.names, env } }
}

function takesEnv(kind: StepKind, env: object): boolean {
  return 'env' in kind.input.shape && Object.keys(env).length > 0
}

/** Keys are the author's; only texts hold expressions. */
function renderIn(value: unknown, scope: Scope): unknown {
  if (typeof value === 'string') return renderValue(parseTemplate(value, NAMES), scope)
  if (Array.isArray(value)) return value.map((item) => renderIn(item, scope))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, renderIn(item, scope)]))
}
