// What single workspaces may reach at most, below the operator's list: the policy of the run that they belong to. It
// only narrows, and knows a workspace from the first step of its run in this server on.
import { Fault } from '#dsl/fault.ts'
import { parseRule } from './host.ts'
import type { HostRule } from './host.ts'
import type { EgressRules } from './rules.ts'

export interface EgressNarrowing {
  /** `allow`: hosts, or names of the operator's groups. Faults: invalid (an entry that is neither). */
  narrow(workspace: string, allow: readonly string[]): void
  forget(workspace: string): void
  rulesFor(workspace: string, rules: EgressRules): EgressRules
}

/** `groups`: what each group of hosts names. */
export function createNarrowing(groups: ReadonlyMap<string, readonly HostRule[]>): EgressNarrowing {
  const within = new Map<string, readonly HostRule[]>()

  function meant(entry: string): readonly HostRule[] {
    const rule = parseRule(entry)
    const found = groups.get(entry) ?? (rule && [rule])
    if (found) return found
    throw new Fault(
      'invalid',
      `policy.egress_allow: ${JSON.stringify(entry)} is no rule. A rule is "example.org", "*.example.org", "example.org:8443" or a group (${[...groups.keys()].join(', ')}).`,
    )
  }

  return {
    narrow: (workspace, allow) => void within.set(workspace, allow.flatMap(meant)),
    forget: (workspace) => void within.delete(workspace),
    rulesFor(workspace, rules) {
      const narrowed = within.get(workspace)
      return narrowed === undefined ? rules : { ...rules, within: narrowed }
    },
  }
}
