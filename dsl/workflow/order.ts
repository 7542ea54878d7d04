// Which steps wait for which: by standing below, by naming, by reading. It finds ids that are twice, unknown, or in a circle.
import { nearest } from '#dsl/text/nearest.ts'
import { stepIdOf } from './build.ts'
import { fold } from './expression/value.ts'
import { report } from './findings.ts'
import type { Findings } from './findings.ts'
import { findCycle, graphOf } from './graph.ts'
import type { Edge, Step } from './model.ts'
import type { StepText } from './schema/workflow.ts'

/** Every id, letter case aside, to how it is written. Reports ids that are there twice. */
export function readIds(findings: Findings, steps: readonly StepText[]): ReadonlyMap<string, string> {
  const ids = new Map<string, string>()
  const lines = new Map<string, number>()
  for (const [index, step] of steps.entries()) {
    const id = stepIdOf(step, index)
    const key = fold(id)
    if (ids.has(key)) {
      const message = `There is another step "${ids.get(key) ?? id}", in step ${lines.get(key) ?? 0} of the list.`
      report(findings, ['steps', index, 'id'], {
        code: 'step.duplicate',
        message,
        fix: 'Give each its own id.',
      })
      continue
    }
    ids.set(key, id)
    lines.set(key, index + 1)
  }
  return ids
}

/** What the step at `index` waits for; of several reasons for one step, `needs` counts before `after` before `reads`. */
export function edgesOf(
  findings: Findings,
  steps: readonly StepText[],
  index: number,
  ids: ReadonlyMap<string, string>,
  reads: readonly string[],
): readonly Edge[] {
  const step = steps[index] as StepText
  const edges = new Map<string, Edge>()
  for (const from of namedNeeds(findings, step, index, ids)) edges.set(from, { from, kind: 'needs' })
  const above = steps[index - 1]
  if (step.needs === undefined && above !== undefined) {
    const from = stepIdOf(above, index - 1)
    edges.set(from, { from, kind: 'after' })
  }
  for (const from of reads) if (!edges.has(from)) edges.set(from, { from, kind: 'reads' })
  return [...edges.values()]
}

function namedNeeds(
  findings: Findings,
  step: StepText,
  index: number,
  ids: ReadonlyMap<string, string>,
): readonly string[] {
  const isList = Array.isArray(step.needs)
  const names: readonly string[] = step.needs === undefined ? [] : [step.needs].flat()
  const own = stepIdOf(step, index)
  return names.flatMap((name, place) => {
    const path = ['steps', index, 'needs', ...(isList ? [place] : [])]
    const id = ids.get(fold(name))
    if (id === own) report(findings, path, { code: 'needs.self', message: 'A step cannot need itself.' })
    if (id !== undefined) return id === own ? [] : [id]
    const close = nearest(name, ids.values())
    const fix = close === undefined ? undefined : `Did you mean "${close}"?`
    report(findings, path, { code: 'needs.unknown', message: `There is no step "${name}".`, fix })
    return []
  })
}

/** Reports a circle, with its way round. */
export function refuseCycle(findings: Findings, steps: readonly Step[]): void {
  const cycle = findCycle(graphOf(steps))
  if (cycle === undefined) return
  const place = Math.max(...cycle.map((id) => steps.findIndex((step) => step.id === id)))
  const message = `These steps wait for each other in a circle: ${cycle.slice(0, 20).join(' → ')}.`
  report(findings, ['steps', place], {
    code: 'graph.cycle',
    message,
    fix: 'Take one of the needs or references out.',
  })
}
