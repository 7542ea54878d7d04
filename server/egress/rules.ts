// What one sandbox may reach, and the words for what it may not. Pure: it never resolves a name.
import { hostName, isAddress, namesHost } from './host.ts'
import type { Authority, HostRule } from './host.ts'

export interface EgressRules {
  readonly allow: readonly HostRule[]
  /** Hosts that the operator's own configuration names: these may resolve to an address that is not public. */
  readonly trusted: readonly HostRule[]
  /** What the policy of a workflow leaves of them; absent where it says nothing. */
  readonly within?: readonly HostRule[]
}

/** Why a request ended in the proxy. All are denials but `unreachable`, `git-host` and
 * `coding`, which are nobody's decision. */
export type EgressReason =
  | 'malformed'
  | 'address'
  | 'name'
  | 'port'
  | 'host'
  | 'scheme'
  | 'host-header'
  | 'upgrade'
  | 'too-many'
  | 'not-public'
  | 'tls'
  | 'sni'
  | 'slow'
  | 'repository'
  | 'git-host'
  | 'path'
  | 'write'
  | 'coding'
  | 'echo'
  | 'unreachable'

export interface Target extends Authority {
  /** Text of the rule that allows it. */
  readonly rule: string
  readonly trusted: boolean
}

export interface Refusal {
  readonly reason: EgressReason
  /** A sentence for the person whose program was refused, with what would allow it. */
  readonly message: string
  /** The rule that would allow it and where it belongs; absent where none would. */
  readonly remedy?: Remedy | undefined
}

export interface Remedy {
  /** Lists of the operator's configuration, and the policy of the workflow. */
  readonly list: 'allow' | 'trusted' | 'git' | 'policy'
  readonly rule: string
}

/** `usual`: the port that a rule without one means, 443 for tunnels and 80 for HTTP. */
export function findTarget(
  rules: EgressRules,
  { host: text, port }: Authority,
  usual: 80 | 443,
): Target | Refusal {
  if (isAddress(text)) return refuse('address', `${quoted(text)} is an address; only names can be allowed.`)
  const host = hostName(text)
  if (host === undefined) return refuse('name', `${quoted(text)} is not the name of a host.`)
  const named = rules.allow.filter((rule) => namesHost(rule, host))
  const rule = named.find((one) => (one.port ?? usual) === port)
  const wanted = port === usual ? host : `${host}:${port}`
  const remedy = { list: 'allow', rule: wanted } as const
  if (rule === undefined)
    return named.length > 0
      ? refuse('port', `${host} is allowed, its port ${port} is not. ${sentence(wanted)}`, remedy)
      : refuse('host', `${host} is not on the list of allowed hosts. ${sentence(wanted)}`, remedy)
  const refusal = refusedByPolicy(rules, { host, port, usual })
  if (refusal !== undefined) return refusal
  const trusted = rules.trusted.some((one) => namesHost(one, host) && (one.port ?? usual) === port)
  return { host, port, rule: rule.text, trusted }
}

/** What a workflow's policy leaves out, whoever allows it. */
export function refusedByPolicy(
  { within }: EgressRules,
  { host, port, usual }: Authority & { readonly usual: 80 | 443 },
): Refusal | undefined {
  const isLeft = (one: HostRule) => namesHost(one, host) && (one.port ?? usual) === port
  if (within === undefined || within.some(isLeft)) return undefined
  const wanted = port === usual ? host : `${host}:${port}`
  return refuse(
    'host',
    `${host} is not in the workflow's policy.egress_allow. The entry "${wanted}" there would allow it.`,
    { list: 'policy', rule: wanted },
  )
}

/** Whether nobody decided so: the host is away, or answers what cannot be passed on. */
export function isFailure({ reason }: Refusal): boolean {
  return reason === 'unreachable' || reason === 'git-host' || reason === 'coding'
}

export function refuse(reason: EgressReason, message: string, remedy?: Remedy): Refusal {
  return { reason, message, remedy }
}

export function isRefusal(outcome: unknown): outcome is Refusal {
  return typeof outcome === 'object' && outcome !== null && 'reason' in outcome && 'message' in outcome
}

export function notPublic(host: string): Refusal {
  const way = `Name "${host}" under "trusted" in the egress configuration if it is a service of yours.`
  return refuse('not-public', `${host} resolves to an address that is not public. ${way}`, {
    list: 'trusted',
    rule: host,
  })
}

/** Text of a stranger for a sentence or the audit: short, and without a control character. */
export function quoted(text: string): string {
  return JSON.stringify(text.slice(0, 100))
}

function sentence(rule: string): string {
  return `The rule "${rule}" in the egress configuration would allow it.`
}
