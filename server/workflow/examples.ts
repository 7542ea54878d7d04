// The example workflows that come with Chispart, read once from their folder. It never changes one.
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Workflow } from '#dsl/workflow/model.ts'
import { parseWorkflow } from '#dsl/workflow/parse.ts'
import type { StepKinds } from '#dsl/workflow/step-kind.ts'

export interface Example {
  readonly text: string
  readonly workflow: Workflow
}

/** By name. */
export type Examples = ReadonlyMap<string, Example>

/** Of every `*.yaml` in the folder; one that these kinds of steps cannot run is left out. */
export function loadExamples(folder: string, kinds: StepKinds): Examples {
  const files = readdirSync(folder).filter((file) => file.endsWith('.yaml'))
  const loaded = files.flatMap((file): Example[] => {
    const text = readFileSync(join(folder, file), 'utf8')
    const { workflow } = parseWorkflow(text, kinds)
    return workflow === undefined ? [] : [{ text, workflow }]
  })
  return new Map(loaded.map((example) => [example.workflow.name, example]))
}
