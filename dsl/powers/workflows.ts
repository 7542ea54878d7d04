// The power over stored workflows: a person's own, and the examples that come with Chispart. Only the control plane has it.
import type { Input } from '#dsl/workflow/model.ts'

export interface WorkflowInfo {
  /** As the file says it; no two of a person's own have the same. */
  readonly name: string
  readonly description?: string
  /** What starts it, as `on` says it: `manual`, `cron:0 3 * * *`, `github:push`. */
  readonly triggers: readonly string[]
  /** Comes with Chispart: it cannot be changed or removed, only replaced by one of the same name. */
  readonly example: boolean
  /** ISO 8601; absent for an example. */
  readonly updatedAt?: string
}

export interface WorkflowDetail extends WorkflowInfo {
  /** The file, as YAML. */
  readonly text: string
  /** What `on: manual` asks for. */
  readonly inputs: Readonly<Record<string, Input>>
}

export interface Workflows {
  /** By name. An example whose name a person's own has is left out. */
  list(): Promise<WorkflowInfo[]>
  /** Faults: not_found. */
  get(name: string): Promise<WorkflowDetail>
  /** In place of the one of that name. Faults: invalid (the file, with every problem; `name` is not the file's own). */
  save(text: string, name?: string): Promise<WorkflowInfo>
  /** Faults: not_found, forbidden (an example). */
  remove(name: string): Promise<void>
}
