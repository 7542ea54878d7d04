// Whether something that happened starts a workflow, and which runs may not overlap. It reads events; it receives none.
import { holds, parseCondition } from './condition.ts'
import type { Scope } from './expression/ast.ts'
import { matchesAny } from './glob.ts'
import type { GithubTrigger, Trigger, Workflow } from './model.ts'
import { DEFAULT_TYPES } from './events.ts'
import { NAMES } from './names.ts'
import { parseTemplate, renderText } from './template.ts'

/** What a webhook of GitHub says that filters ask for. */
export interface GithubEvent {
  /** The `X-GitHub-Event` header. */
  readonly event: string
  readonly action?: string
  /** `refs/heads/…` or `refs/tags/…` of a push. */
  readonly ref?: string
  /** The branch that a pull request goes to, without `refs/heads/`. */
  readonly base?: string
  /** Files changed; absent when they are not known, and then path filters let it through, as on GitHub. */
  readonly paths?: readonly string[]
}

export type Happening =
  | { readonly type: 'manual' }
  | { readonly type: 'cron'; readonly cron: string; readonly tz: string }
  | { readonly type: 'webhook'; readonly name: string; readonly body: Scope['names'][string] }
  | ({ readonly type: 'github'; readonly body: Scope['names'][string] } & GithubEvent)

/** As `on` would say it: `manual`, `cron:0 3 * * * Europe/Madrid`, `github:push`, `webhook:deploy`. */
export function triggerText(trigger: Trigger): string {
  if (trigger.type === 'cron') return `cron:${trigger.cron}${trigger.tz === 'UTC' ? '' : ` ${trigger.tz}`}`
  if (trigger.type === 'webhook') return `webhook:${trigger.name}`
  if (trigger.type === 'manual') return 'manual'
  const { event, types = [] } = trigger
  return types.length === 1 ? `github:${event}.${types[0] ?? ''}` : `github:${event}`
}

/** The first trigger that it pulls, or undefined. Faults: invalid, when the `if` of a webhook cannot be computed. */
export function triggered(workflow: Workflow, happening: Happening): Trigger | undefined {
  return workflow.on.find((trigger) => pulls(trigger, happening))
}

function pulls(trigger: Trigger, happening: Happening): boolean {
  if (trigger.type === 'manual') return happening.type === 'manual'
  if (trigger.type === 'cron')
    return happening.type === 'cron' && happening.cron === trigger.cron && happening.tz === trigger.tz
  if (trigger.type === 'github') return happening.type === 'github' && matchesEvent(trigger, happening)
  if (happening.type !== 'webhook' || happening.name !== trigger.name) return false
  if (trigger.if === undefined) return true
  return holds(parseCondition(trigger.if, NAMES.webhook), { names: { github: { event: happening.body } } })
}

export function matchesEvent(trigger: GithubTrigger, event: GithubEvent): boolean {
  if (trigger.event !== event.event) return false
  const types = trigger.types ?? DEFAULT_TYPES[trigger.event]
  if (types !== undefined && !types.includes(event.action ?? '')) return false
  return matchesRef(trigger, event) && matchesPaths(trigger, event)
}

/** With filters for branches only, a pushed tag does not match, and the other way round. */
function matchesRef(trigger: GithubTrigger, { ref, base }: GithubEvent): boolean {
  const { branches, branchesIgnore, tags, tagsIgnore } = trigger
  if (
    branches === undefined &&
    branchesIgnore === undefined &&
    tags === undefined &&
    tagsIgnore === undefined
  )
    return true
  const branch = base ?? after(ref, 'refs/heads/')
  if (branch !== undefined) return passes(branch, branches, branchesIgnore, tags ?? tagsIgnore)
  const tag = after(ref, 'refs/tags/')
  return tag !== undefined && passes(tag, tags, tagsIgnore, branches ?? branchesIgnore)
}

function after(text: string | undefined, start: string): string | undefined {
  return text?.startsWith(start) === true ? text.slice(start.length) : undefined
}

function passes(
  name: string,
  wanted: readonly string[] | undefined,
  ignored: readonly string[] | undefined,
  other: readonly string[] | undefined,
): boolean {
  if (wanted !== undefined) return matchesAny(wanted, name)
  if (ignored !== undefined) return !matchesAny(ignored, name)
  return other === undefined
}

function matchesPaths({ paths, pathsIgnore }: GithubTrigger, { paths: changed }: GithubEvent): boolean {
  if (changed === undefined) return true
  if (paths !== undefined) return changed.some((path) => matchesAny(paths, path))
  return pathsIgnore === undefined || !changed.every((path) => matchesAny(pathsIgnore, path))
}

export interface Group {
  /** Runs with one key do not overlap; it holds the workflow's name, so that two workflows never share a group by chance. */
  readonly key: string
  readonly cancel_in_progress: boolean
  readonly queue: number
}

/** The group of a run, or undefined when its runs may overlap. Faults: invalid, when the group cannot be computed. */
export function groupOf({ name, concurrency }: Workflow, scope: Scope): Group | undefined {
  if (concurrency === undefined) return undefined
  const { group, ...rest } = concurrency
  return { key: `${name}/${renderText(parseTemplate(group, NAMES.workflow), scope)}`, ...rest }
}
