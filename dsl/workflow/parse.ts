// Reads a workflow file: YAML in, the model and every problem out. It never throws for what a file says, only `loadWorkflow` does.
import { buildHead, buildStep, stepIdOf } from './build.ts'
import { plain, report } from './findings.ts'
import type { Findings } from './findings.ts'
import { lintStep } from './lint.ts'
import { mend } from './mend.ts'
import type { Step, Workflow } from './model.ts'
import { NAMES } from './names.ts'
import { edgesOf, readIds, refuseCycle } from './order.ts'
import { hasErrors, refuseProblems, sortProblems } from './problem.ts'
import type { Problem } from './problem.ts'
import { workflow as workflowSchema } from './schema/workflow.ts'
import type { WorkflowText } from './schema/workflow.ts'
import { checkShape } from './shape.ts'
import { readSource } from './source.ts'
import type { StepKinds } from './step-kind.ts'
import { readText, textsIn } from './texts.ts'
import { buildTriggers } from './triggers.ts'

export interface ParsedWorkflow {
  /** Absent when there is an error. */
  readonly workflow?: Workflow
  /** All of them, in the order of the text. */
  readonly problems: readonly Problem[]
}

export function parseWorkflow(text: string, kinds: StepKinds): ParsedWorkflow {
  const source = readSource(text)
  const findings: Findings = { source, problems: [...source.problems] }
  const workflow = source.root === undefined ? emptyFile(findings) : readFile(findings, kinds)
  const problems = sortProblems(findings.problems)
  return hasErrors(problems) || workflow === undefined ? { problems } : { workflow, problems }
}

/** The workflow. Faults: invalid, with every problem in its data. */
export function loadWorkflow(text: string, kinds: StepKinds, file = 'workflow.yaml'): Workflow {
  const { workflow, problems } = parseWorkflow(text, kinds)
  return workflow ?? refuseProblems(problems, file)
}

function emptyFile(findings: Findings): undefined {
  if (findings.problems.length > 0) return
  const fix = 'Start with: name, on, steps.'
  report(findings, [], { code: 'yaml.empty', message: 'The file is empty.', fix })
}

/** What does not fit is reported and taken out, and the rest is checked all the same. */
function readFile(findings: Findings, kinds: StepKinds): Workflow | undefined {
  const { root } = findings.source
  if (root?.kind !== 'map') {
    report(findings, [], {
      code: 'field.invalid',
      message: 'A workflow is a map.',
      fix: 'Start with: name, on, steps.',
    })
    return undefined
  }
  const checked = checkShape(findings, workflowSchema, plain(root), [])
  const file = checked ?? mend(workflowSchema, { name: '?', ...(plain(root) as object) })
  return file === undefined ? undefined : readMeaning(findings, file, kinds)
}

function readMeaning(findings: Findings, file: WorkflowText, kinds: StepKinds): Workflow {
  const triggers = buildTriggers(findings, file.on, file.name)
  const ids = readIds(findings, file.steps)
  const site = { findings, file, kinds, triggers, ids }
  for (const text of [
    ...textsIn(file.env, ['env'], NAMES.workflow),
    ...textsIn(file.concurrency, ['concurrency'], NAMES.workflow),
  ])
    readText(findings, text)
  const steps = file.steps.map((step, index): Step => {
    const id = stepIdOf(step, index)
    const { kind, reads } = lintStep(site, step, index, id)
    return buildStep(step, file.defaults, {
      id,
      kind,
      needs: edgesOf(findings, file.steps, index, ids, reads),
    })
  })
  const areIdsUnique = ids.size === steps.length
  if (areIdsUnique) refuseCycle(findings, steps)
  return { ...buildHead(file), on: triggers, steps }
}
