// Builds the triggers of a workflow from the three forms of `on`, checking every name, pattern and cron line.
import { nearest } from '#dsl/text/nearest.ts'
import { cronProblem } from './cron.ts'
import { GITHUB_EVENTS } from './events.ts'
import { report } from './findings.ts'
import type { Findings } from './findings.ts'
import { globProblem } from './glob.ts'
import { buildInputs } from './inputs.ts'
import type { GithubTrigger, Trigger } from './model.ts'
import type { Path } from './problem.ts'

type Fields = Readonly<Record<string, unknown>>

interface Site {
  readonly findings: Findings
  readonly path: Path
  /** Whether the key of the path names what is wrong, not its value. */
  readonly onKey: boolean
  /** Name of the workflow. */
  readonly workflow: string
}

/** `on`, which already has its shape. A workflow without it is started by hand. */
export function buildTriggers(findings: Findings, on: unknown, workflow: string): readonly Trigger[] {
  const site: Site = { findings, path: ['on'], onKey: false, workflow }
  if (on === undefined) return [{ type: 'manual', inputs: {} }]
  const triggers = fromAny(on, site)
  const byHand = triggers.filter(({ type }) => type === 'manual')
  if (byHand.length > 1) wrong(site, 'trigger.twice', '"manual" is here twice.', 'Keep one.')
  return triggers
}

function fromAny(on: unknown, site: Site): readonly Trigger[] {
  if (typeof on === 'string') return fromName(on, null, site)
  if (Array.isArray(on)) return on.flatMap((item, index) => fromAny(item, below(site, index)))
  return Object.entries(on as Fields).flatMap(([key, value]) =>
    fromName(key, value, { ...below(site, key), onKey: true }),
  )
}

function below(site: Site, key: string | number): Site {
  return { ...site, path: [...site.path, key], onKey: false }
}

function wrong(site: Site, code: string, message: string, fix?: string): void {
  report(site.findings, site.path, { code, message, fix, onKey: site.onKey })
}

const NAMES = [
  'manual',
  'webhook',
  'cron',
  'github',
  ...Object.keys(GITHUB_EVENTS).map((event) => `github:${event}`),
]

function fromName(name: string, details: unknown, site: Site): readonly Trigger[] {
  const [kind, rest] = splitOnce(name, ':')
  const fields = (details ?? {}) as Fields
  if (name === 'manual')
    return [{ type: 'manual', inputs: buildInputs(site.findings, fields.inputs, [...site.path, 'inputs']) }]
  if (name === 'webhook') return [webhook(fields, site)]
  if (kind === 'cron') return crons(rest ?? details, site)
  if (kind === 'github') return rest === undefined ? githubs(details, site) : github(rest, details, site)
  const meant = Object.hasOwn(GITHUB_EVENTS, name.split('.')[0] ?? '')
    ? `github:${name}`
    : nearest(name, NAMES)
  const fix =
    meant === undefined ? 'There is: manual, webhook, cron, github:EVENT.ACTION.' : `Did you mean "${meant}"?`
  wrong(site, 'trigger.unknown', `Nothing called "${name}" starts a workflow.`, fix)
  return []
}

function splitOnce(text: string, mark: string): readonly [string, string | undefined] {
  const at = text.indexOf(mark)
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)]
}

function webhook(fields: Fields, { workflow }: Site): Trigger {
  const slug = workflow
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 63)
  const name = typeof fields.name === 'string' ? fields.name : slug || 'workflow'
  return { type: 'webhook', name, ...(typeof fields.if === 'string' ? { if: fields.if } : {}) }
}

function crons(value: unknown, site: Site): readonly Trigger[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => crons(item, below(site, index)))
  const fields = (typeof value === 'object' && value !== null ? value : { cron: value ?? '' }) as Fields
  const line = String(fields.cron)
  const problem = cronProblem(line)
  if (problem !== undefined) wrong({ ...site, onKey: false }, 'trigger.cron', problem, 'As in "0 3 * * 1-5".')
  return [{ type: 'cron', cron: line, tz: typeof fields.tz === 'string' ? fields.tz : 'UTC' }]
}

function githubs(value: unknown, site: Site): readonly Trigger[] {
  if (typeof value === 'string') return github(value, null, { ...site, onKey: false })
  if (Array.isArray(value))
    return value.flatMap((item, index) => github(String(item), null, below(site, index)))
  if (typeof value === 'object' && value !== null)
    return Object.entries(value).flatMap(([event, details]) =>
      github(event, details, { ...below(site, event), onKey: true }),
    )
  wrong(
    site,
    'trigger.event',
    'Say which event of GitHub.',
    'As in github:pull_request.opened or github:push.',
  )
  return []
}

function github(name: string, details: unknown, site: Site): readonly Trigger[] {
  const [event, action] = splitOnce(name, '.')
  const actions = Object.hasOwn(GITHUB_EVENTS, event) ? GITHUB_EVENTS[event] : undefined
  if (actions === undefined) {
    const close = nearest(event, Object.keys(GITHUB_EVENTS))
    wrong(site, 'trigger.event', `GitHub has no event "${event}".`, close && `Did you mean "${close}"?`)
    return []
  }
  const filters = (details ?? {}) as Fields
  const types = [...(action === undefined ? [] : [action]), ...list(filters.types)]
  for (const type of types) checkAction(type, event, actions, site)
  return [{ type: 'github', event, ...(types.length > 0 ? { types } : {}), ...readFilters(filters, site) }]
}

function checkAction(type: string, event: string, actions: readonly string[], site: Site): void {
  if (actions.includes(type) || event === 'repository_dispatch') return
  const close = nearest(type, actions)
  const fix = actions.length === 0 ? `Write github:${event}.` : close && `Did you mean "${event}.${close}"?`
  wrong(site, 'trigger.action', `The event ${event} has no action "${type}".`, fix)
}

const FILTERS = {
  branches: 'branches',
  'branches-ignore': 'branchesIgnore',
  tags: 'tags',
  'tags-ignore': 'tagsIgnore',
  paths: 'paths',
  'paths-ignore': 'pathsIgnore',
} as const

type Filters = Partial<Pick<GithubTrigger, (typeof FILTERS)[keyof typeof FILTERS]>>

function readFilters(filters: Fields, site: Site): Filters {
  const found: { -readonly [K in keyof Filters]: Filters[K] } = {}
  for (const [key, name] of Object.entries(FILTERS) as [string, keyof Filters][]) {
    const patterns = list(filters[key])
    if (patterns.length === 0) continue
    found[name] = patterns
    checkPatterns(patterns, { ...below(site, key), onKey: false })
    if (!key.endsWith('-ignore') && list(filters[`${key}-ignore`]).length > 0)
      wrong(
        { ...below(site, key), onKey: true },
        'trigger.filter',
        `"${key}" and "${key}-ignore" exclude each other.`,
        'Take out with "!pattern".',
      )
  }
  return found
}

function checkPatterns(patterns: readonly string[], site: Site): void {
  for (const [index, pattern] of patterns.entries()) {
    const problem = globProblem(pattern)
    if (problem !== undefined) wrong(below(site, index), 'trigger.pattern', problem)
  }
  if (patterns.every((pattern) => pattern.startsWith('!')))
    wrong(
      site,
      'trigger.pattern',
      'Patterns that only take out match nothing.',
      "Start with one that lets in: '**'.",
    )
}

function list(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value]
  return Array.isArray(value) ? value.map(String) : []
}
