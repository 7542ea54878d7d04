// Checks what a step means: what it uses, its fields, its expressions, and what they read. Every problem has a place and a way out.
import { nearest } from '#dsl/text/nearest.ts'
import { judge } from '#dsl/policy/commands.ts'
import { buildMatrix, defaultFields } from './build.ts'
import { fold } from './expression/value.ts'
import { guarded, report } from './findings.ts'
import type { Findings } from './findings.ts'
import { expandMatrix, isPlainMatrix } from './matrix.ts'
import type { PlainMatrix } from './matrix.ts'
import type { Trigger } from './model.ts'
import { NAMES, STEP_FIELDS } from './names.ts'
import type { Path } from './problem.ts'
import type { Reference } from './references.ts'
import type { StepText, WorkflowText } from './schema/workflow.ts'
import { checkShape } from './shape.ts'
import { checkShell } from './shell/render.ts'
import type { StepKind, StepKinds } from './step-kind.ts'
import { parseTemplate } from './template.ts'
import { isOpenText, readCondition, readText, textsOf } from './texts.ts'

export interface Site {
  readonly findings: Findings
  readonly file: WorkflowText
  readonly kinds: StepKinds
  readonly triggers: readonly Trigger[]
  /** Ids, letter case aside, and how each is written. */
  readonly ids: ReadonlyMap<string, string>
}

export interface Checked {
  readonly kind: StepKind | undefined
  /** Ids of the steps it reads. */
  readonly reads: readonly string[]
}

export function lintStep(site: Site, step: StepText, index: number, id: string): Checked {
  const path: Path = ['steps', index]
  const kind = checkUses(site, step, path)
  if (kind !== undefined) checkFields(site, step, kind, path)
  checkMatrix(site, step, path)
  const references = checkTexts(site, step, kind, id, path)
  return { kind, reads: [...new Set(references)] }
}

function checkUses(
  { findings, kinds }: Site,
  { uses, approval, with: fields }: StepText,
  path: Path,
): StepKind | undefined {
  if (uses === undefined) {
    if (approval === undefined || fields !== undefined)
      report(findings, path, {
        code: 'step.empty',
        message: 'The step uses nothing.',
        fix: 'Say what: uses: shell.exec.',
      })
    return undefined
  }
  const kind = kinds.find(uses)
  if (kind !== undefined) return kind
  const names = kinds.names()
  const close = nearest(uses, names)
  const fix =
    close === undefined
      ? `There is: ${[...names].sort().slice(0, 40).join(', ')}.`
      : `Did you mean "${close}"?`
  report(findings, [...path, 'uses'], {
    code: 'step.uses',
    message: `There is nothing called "${uses}" to use.`,
    fix,
  })
  return undefined
}

function checkFields({ findings, file }: Site, step: StepText, kind: StepKind, path: Path): void {
  const base = [...path, 'with']
  const given = { ...defaultFields(kind, file.defaults), ...step.with }
  const open: Path[] = []
  collectOpen(given, base, open)
  const isOpen = (at: Path): boolean => open.some((text) => startsWith(text, at) || startsWith(at, text))
  checkShape(findings, kind.input, given, base, isOpen)
  for (const field of kind.shell) checkCommand(findings, file, given[field], [...base, field])
}

function collectOpen(value: unknown, path: Path, open: Path[]): void {
  if (isOpenText(value, NAMES.step)) open.push(path)
  if (typeof value !== 'object' || value === null) return
  for (const [key, item] of Object.entries(value))
    collectOpen(item, [...path, Array.isArray(value) ? Number(key) : key], open)
}

function startsWith(path: Path, start: Path): boolean {
  return start.length <= path.length && start.every((key, index) => key === path[index])
}

/** A command whose values cannot be quoted is an error; one that the file's own policy denies, a warning. */
function checkCommand(findings: Findings, file: WorkflowText, command: unknown, path: Path): void {
  if (typeof command !== 'string') return
  const isOpen = isOpenText(command, NAMES.step)
  const line = guarded(findings, path, () =>
    isOpen ? checkShell(parseTemplate(command, NAMES.step)) : command,
  )
  const allowed = file.policy?.allow_commands
  if (line === undefined || allowed === undefined) return
  const verdict = judge(
    { plan: 'policy.allow_commands', commands: allowed, terminals: false },
    { shell: line },
  )
  if (verdict.allowed) return
  const fix = verdict.allow === undefined ? undefined : `Add "${verdict.allow}" to policy.allow_commands.`
  const message = `It would be denied: ${verdict.reason}`
  const offset = isOpen ? undefined : verdict.column - 1
  report(findings, path, { code: 'policy.denied', severity: 'warning', message, fix, offset })
}

function checkMatrix({ findings }: Site, step: StepText, path: Path): void {
  const matrix = buildMatrix(step.matrix)
  if (matrix === undefined) return
  const at = [...path, 'matrix']
  if (matrix.expression !== undefined && !isOpenText(matrix.expression, NAMES.matrix))
    report(findings, at, {
      code: 'matrix.shape',
      message: 'A matrix is a map, or an expression that gives one.',
    })
  for (const [name, list] of [...Object.entries(matrix.axes), ['include', matrix.include] as const])
    if (typeof list === 'string' && !isOpenText(list, NAMES.matrix))
      report(findings, [...at, name], {
        code: 'matrix.shape',
        message: 'An axis is a list, or an expression that gives one.',
      })
  if (!isPlainMatrix(matrix)) return
  const count = countCombinations(matrix as unknown as PlainMatrix)
  if (typeof count === 'string') report(findings, at, { code: 'matrix.size', message: count, onKey: true })
  else if (count === 0)
    report(findings, at, { code: 'matrix.empty', message: 'No combination is left to run.', onKey: true })
}

function countCombinations(matrix: PlainMatrix): number | string {
  try {
    return expandMatrix(matrix).length
  } catch (error) {
    return (error as Error).message
  }
}

/** The ids of the steps that are read. */
function checkTexts(
  site: Site,
  step: StepText,
  kind: StepKind | undefined,
  id: string,
  path: Path,
): readonly string[] {
  const { findings } = site
  const check = (references: readonly Reference[], at: Path): readonly string[] =>
    references.flatMap((reference) => checkReference({ ...site, step, kind, id }, reference, at) ?? [])
  const condition =
    step.if === undefined ? undefined : readCondition(findings, String(step.if), [...path, 'if'])
  const found = textsOf(step, path).flatMap((text) => readText(findings, text) ?? [])
  return [
    ...check(condition?.references ?? [], [...path, 'if']),
    ...found.flatMap((text) => check(text.references, text.path)),
  ]
}

interface StepSite extends Site {
  readonly step: StepText
  readonly kind: StepKind | undefined
  readonly id: string
}

/** The id of the step it reads, if it reads one. */
function checkReference(site: StepSite, reference: Reference, path: Path): string | undefined {
  const { root, at } = reference
  if (root === 'steps') return checkStepReference(site, reference, path)
  if (root === 'inputs') checkInput(site, reference, path)
  if (root === 'matrix') checkAxis(site, reference, path)
  if (root === 'secrets' && site.kind?.runs === 'workspace')
    report(site.findings, path, {
      code: 'secret.sandbox',
      message: 'A secret never enters a sandbox.',
      fix: 'Requests to a host get theirs at the egress proxy; other uses need a step that runs in the server.',
      offset: at,
    })
  return undefined
}

function checkStepReference(site: StepSite, { path: names, at }: Reference, path: Path): string | undefined {
  const { findings, ids } = site
  const [name, field] = names
  if (name === undefined) {
    const message = 'Steps that are not named here are not waited for.'
    report(findings, path, {
      code: 'step.whole',
      severity: 'warning',
      message,
      fix: 'Write steps.ID.',
      offset: at,
    })
    return undefined
  }
  const id = ids.get(fold(name))
  if (id === undefined) {
    unknown(findings, path, 'step.unknown', `There is no step "${name}".`, nearest(name, ids.values()), at)
    return undefined
  }
  const fields = Object.keys(STEP_FIELDS)
  if (field !== undefined && !fields.includes(field.toLowerCase()))
    unknown(findings, path, 'step.field', `A step has no "${field}".`, nearest(field, fields), at, fields)
  if (id !== site.id) return id
  if (path[2] !== 'outputs')
    report(findings, path, {
      code: 'step.self',
      message: 'A step cannot read itself before it ends.',
      offset: at,
    })
  return undefined
}

function checkInput({ findings, triggers }: Site, { path: [name], at }: Reference, path: Path): void {
  const inputs = triggers.flatMap((trigger) => (trigger.type === 'manual' ? Object.keys(trigger.inputs) : []))
  if (name === undefined || inputs.some((input) => fold(input) === fold(name))) return
  const fix = 'Declare it: on: { manual: { inputs: … } }.'
  unknown(
    findings,
    path,
    'input.unknown',
    `There is no input "${name}".`,
    nearest(name, inputs),
    at,
    inputs,
    fix,
  )
}

function checkAxis({ findings, step }: StepSite, { path: [name], at }: Reference, path: Path): void {
  const matrix = buildMatrix(step.matrix)
  if (matrix === undefined) {
    report(findings, path, { code: 'matrix.none', message: 'The step has no matrix.', offset: at })
    return
  }
  if (name === undefined || matrix.expression !== undefined || typeof matrix.include === 'string') return
  const names = [...Object.keys(matrix.axes), ...matrix.include.flatMap((entry) => Object.keys(entry))]
  if (!names.some((known) => fold(known) === fold(name)))
    unknown(findings, path, 'matrix.unknown', `The matrix has no "${name}".`, nearest(name, names), at, names)
}

function unknown(
  findings: Findings,
  path: Path,
  code: string,
  message: string,
  close: string | undefined,
  offset: number,
  known: readonly string[] = [],
  otherwise?: string,
): void {
  const list = otherwise ?? (known.length > 0 ? `There is: ${[...new Set(known)].join(', ')}.` : undefined)
  report(findings, path, {
    code,
    message,
    fix: close === undefined ? list : `Did you mean "${close}"?`,
    offset,
  })
}
