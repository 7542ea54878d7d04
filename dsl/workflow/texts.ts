// Every text of a step that may hold expressions, with where it stands and what it may read. One list for checks and order.
import { parseCondition, isMixed } from './condition.ts'
import type { Condition } from './condition.ts'
import type { Path } from './problem.ts'
import { guarded, report } from './findings.ts'
import type { Findings } from './findings.ts'
import { NAMES, ROOTS } from './names.ts'
import type { Root } from './names.ts'
import { referencesOf, templateReferences } from './references.ts'
import type { Reference } from './references.ts'
import type { StepText } from './schema/workflow.ts'
import { hasExpression, parseTemplate } from './template.ts'
import type { Template } from './template.ts'

export interface Text {
  readonly path: Path
  readonly text: string
  readonly names: readonly Root[]
}

export interface ReadText extends Text {
  readonly template: Template
  readonly references: readonly Reference[]
}

/** Texts below a value, keys left out. */
export function textsIn(value: unknown, path: Path, names: readonly Root[]): readonly Text[] {
  if (typeof value === 'string') return [{ path, text: value, names }]
  if (typeof value !== 'object' || value === null) return []
  const entries = Array.isArray(value)
    ? value.map((item, index) => [index, item] as const)
    : Object.entries(value)
  return entries.flatMap(([key, item]) => textsIn(item, [...path, key], names))
}

/** All texts of a step but its `if`. */
export function textsOf(step: StepText, path: Path): readonly Text[] {
  const { with: fields, env, outputs, matrix, artifacts, approval, name, continue_on_error } = step
  const at = (key: string, value: unknown, names: readonly Root[]) => textsIn(value, [...path, key], names)
  return [
    ...at('name', name, NAMES.condition),
    ...at('with', fields, NAMES.step),
    ...at('env', env, NAMES.step),
    ...at('matrix', matrix, NAMES.matrix),
    ...at('outputs', outputs, NAMES.condition),
    ...at('artifacts', artifacts, NAMES.condition),
    ...at('approval', approval, NAMES.condition),
    ...at('continue_on_error', continue_on_error, NAMES.condition),
  ]
}

/** The text read, or undefined where it has no expression; what is wrong with it is reported. */
export function readText(findings: Findings, { path, text, names }: Text): ReadText | undefined {
  if (!text.includes('${')) return undefined
  const template = guarded(findings, path, () => parseTemplate(text, names))
  if (template === undefined) return undefined
  warnAlmost(findings, path, template)
  if (!template.some(({ kind }) => kind === 'expression')) return undefined
  return { path, text, names, template, references: templateReferences(template) }
}

const ALMOST = new RegExp(`\\$\\{\\s*(?:${Object.keys(ROOTS).join('|')})\\b[^}]*\\}`, 'i')

/** `${context.x || 'y'}` is not the short form, and a shell would not know it either. */
function warnAlmost(findings: Findings, path: Path, template: Template): void {
  let offset = 0
  for (const part of template) {
    const found = part.kind === 'text' ? ALMOST.exec(part.text) : null
    if (found !== null && /[.[]/.test(found[0]))
      report(findings, path, {
        code: 'expression.short',
        severity: 'warning',
        message: `"${found[0].slice(0, 60)}" stays as it is: the short form holds names and dots only.`,
        fix: `Write $\{{ … }}.`,
        offset: offset + found.index,
      })
    offset += part.text.length
  }
}

export interface ReadCondition {
  readonly condition: Condition
  readonly references: readonly Reference[]
}

export function readCondition(findings: Findings, text: string, path: Path): ReadCondition | undefined {
  if (text.trim() === '') {
    report(findings, path, {
      code: 'if.empty',
      message: '"if" is empty.',
      fix: 'Leave it out, or write an expression.',
    })
    return undefined
  }
  const condition = guarded(findings, path, () => parseCondition(text, NAMES.condition))
  if (condition === undefined) return undefined
  if (isMixed(condition))
    report(findings, path, {
      code: 'if.always',
      severity: 'warning',
      message: 'This is text around expressions, so it always holds.',
      fix: 'Put all of it between one ${{ and }}.',
    })
  const { test } = condition
  const references = 'kind' in test ? referencesOf(test) : templateReferences(test)
  return { condition, references }
}

export function isOpenText(value: unknown, names: readonly string[]): boolean {
  if (typeof value !== 'string') return false
  try {
    return hasExpression(value, names)
  } catch {
    return true
  }
}
