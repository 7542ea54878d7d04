// The power over stored workflows, narrowed to one person's own and the examples. It starts no run.
import { Fault } from '#dsl/fault.ts'
import type { WorkflowDetail, WorkflowInfo, Workflows } from '#dsl/powers/workflows.ts'
import type { Trigger, Workflow } from '#dsl/workflow/model.ts'
import { loadWorkflow } from '#dsl/workflow/parse.ts'
import type { StepKinds } from '#dsl/workflow/step-kind.ts'
import { triggerText } from '#dsl/workflow/trigger.ts'
import type { Store } from '#server/store/store.ts'
import { findWorkflow, listWorkflows, removeWorkflow, saveWorkflow } from '#server/store/workflows.ts'
import type { WorkflowRow } from '#server/store/workflows.ts'
import type { Examples } from '#server/workflow/examples.ts'

export interface WorkflowsParts {
  readonly store: Store
  readonly kinds: StepKinds
  readonly examples: Examples
  /** Told after one was saved or removed: the clock may have to change. */
  readonly changed?: () => void
}

export function workflowsPower(
  { store, kinds, examples, changed = () => undefined }: WorkflowsParts,
  owner: string,
): Workflows {
  return {
    async list() {
      const own = (await listWorkflows(store, owner)).map(info)
      const taken = new Set(own.map(({ name }) => name))
      const others = [...examples.values()].filter(({ workflow }) => !taken.has(workflow.name))
      return [...own, ...others.map(({ workflow }) => exampleInfo(workflow))].sort(byName)
    },
    async get(name) {
      const row = await findWorkflow(store, owner, name)
      if (row) return { ...info(row), text: row.text, inputs: inputsOf(row.triggers) }
      const example = examples.get(name)
      if (example === undefined) throw unknown(name)
      const { text, workflow } = example
      return { ...exampleInfo(workflow), text, inputs: inputsOf(workflow.on) }
    },
    async save(text, wanted) {
      const { name, description, on } = loadWorkflow(text, kinds, wanted && `${wanted}.yaml`)
      if (wanted !== undefined && wanted !== name)
        throw new Fault(
          'invalid',
          `The file calls itself "${name}", not "${wanted}". Change its name, or yours.`,
          {
            data: { field: 'name' },
          },
        )
      const row = { ownerId: owner, name, text, description: description ?? null, triggers: on }
      const saved = await saveWorkflow(store, row)
      changed()
      return info(saved)
    },
    async remove(name) {
      if (await removeWorkflow(store, owner, name)) return changed()
      if (!examples.has(name)) throw unknown(name)
      throw new Fault('forbidden', `"${name}" is an example. It comes with Chispart and cannot be removed.`)
    },
  }
}

function info({ name, description, triggers, updatedAt }: Omit<WorkflowRow, 'text'>): WorkflowInfo {
  return {
    name,
    ...(description === null ? {} : { description }),
    triggers: triggers.map(triggerText),
    example: false,
    updatedAt: updatedAt.toISOString(),
  }
}

function exampleInfo({ name, description, on }: Workflow): WorkflowInfo {
  const described = description === undefined ? {} : { description }
  return { name, ...described, triggers: on.map(triggerText), example: true }
}

function inputsOf(triggers: readonly Trigger[]): WorkflowDetail['inputs'] {
  return triggers.find((trigger) => trigger.type === 'manual')?.inputs ?? {}
}

const byName = (a: WorkflowInfo, b: WorkflowInfo) => a.name.localeCompare(b.name, 'en')
const unknown = (name: string) => new Fault('not_found', `You have no workflow "${name}".`)
