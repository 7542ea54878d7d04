// The operator's lists: config/egress.json, with the named groups of config/egress-groups.json and of the machine's own
// settings put in. It names every wrong entry at once.
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { Fault } from '#dsl/fault.ts'
import { isRepositoryEntry } from '#server/github/git-access.ts'
import { parseRule } from './host.ts'
import type { HostRule } from './host.ts'
import type { EgressRules } from './rules.ts'

const Entries = z.array(z.string().min(1).max(260)).max(1000)
const Groups = z.record(z.string().regex(/^[a-z]+$/), Entries)
const EgressList = z.strictObject({
  allow: Entries,
  trusted: Entries.default([]),
  git: Entries.default([]),
})

export interface EgressList {
  /** Names of groups among the hosts are kept apart: what they mean depends on the machine. */
  readonly allow: Entry[]
  readonly trusted: Entry[]
  /** Repositories that workspaces made of them fetch from and push to with GITHUB_TOKEN: `owner/name`, `owner/*`. */
  readonly git: readonly string[]
  /** Of every group, whether it is listed or not. */
  readonly groups: ReadonlyMap<string, readonly HostRule[]>
}
type Entry = { readonly group: string; readonly rules: readonly HostRule[] } | HostRule

/** Hosts per group that the machine's own package managers are set to use. */
export type MachineHosts = Readonly<Record<string, readonly HostRule[]>>

/** Faults: invalid (which file, which entry, what would make it right). */
export function loadEgressList(file: string, groupsFile: string): EgressList {
  const groups = new Map(
    Object.entries(parse(Groups, groupsFile, '{"group": ["host", …]}')).map(([group, texts]) => [
      group,
      { group, rules: texts.map((text) => parseRule(text) ?? wrong(groupsFile, [text])) },
    ]),
  )
  const shape = '{"allow": ["host", …], "trusted": ["host", …], "git": ["owner/name", …]}'
  const { allow, trusted, git } = parse(EgressList, file, shape)
  const known = [...groups.keys()].join(', ')
  const entry = (text: string) => groups.get(text) ?? parseRule(text)
  const bad = [
    ...allow.filter((text) => entry(text) === undefined || !(groups.has(text) || text.includes('.'))),
    ...trusted.filter((text) => entry(text) === undefined),
  ]
  if (bad.length > 0) wrong(file, bad, known)
  wrongRepositories(file, git)
  const entries = (texts: readonly string[]) => texts.flatMap((text) => entry(text) ?? [])
  const named = new Map([...groups].map(([group, { rules }]) => [group, rules]))
  return { allow: entries(allow), trusted: entries(trusted), git, groups: named }
}

/** What `trusted` names is allowed too, and so is what the machine's settings name for a group that is allowed. */
export function egressRules({ allow, trusted }: EgressList, machine: MachineHosts): EgressRules {
  const ofMachine = (entry: Entry) => ('group' in entry ? (machine[entry.group] ?? []) : [])
  const named = (entry: Entry) => ('group' in entry ? entry.rules : [entry])
  const own = [...trusted.flatMap(named), ...[...allow, ...trusted].flatMap(ofMachine)]
  return { allow: [...allow.flatMap(named), ...own], trusted: own }
}

/** What each group names on this machine. */
export function groupRules(
  { groups }: EgressList,
  machine: MachineHosts,
): ReadonlyMap<string, readonly HostRule[]> {
  return new Map([...groups].map(([group, rules]) => [group, [...rules, ...(machine[group] ?? [])]]))
}

function parse<S extends z.ZodType>(schema: S, file: string, shape: string): z.output<S> {
  try {
    return schema.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch (cause) {
    throw new Fault('invalid', `The egress list ${file} is not ${shape}. See config/egress.json for one.`, {
      cause,
    })
  }
}

function wrongRepositories(file: string, git: readonly string[]): void {
  const bad = git.filter((text) => !isRepositoryEntry(text))
  if (bad.length === 0) return
  const listed = bad.map((text) => JSON.stringify(text)).join(', ')
  throw new Fault(
    'invalid',
    `The egress list ${file} has entries under "git" that are no repository: ${listed}. One is "owner/name", or "owner/*" for all of an owner.`,
    { data: { file, entries: bad } },
  )
}

function wrong(file: string, entries: readonly string[], groups = ''): never {
  const listed = entries.map((text) => JSON.stringify(text)).join(', ')
  const known = groups === '' ? '' : ` or a group (${groups})`
  throw new Fault(
    'invalid',
    `The egress list ${file} has entries that are no rule: ${listed}. A rule is "example.org", "*.example.org", "example.org:8443"${known}; a name without a dot goes under "trusted".`,
    { data: { file, entries } },
  )
}
