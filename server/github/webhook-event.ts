// Reads what a webhook of GitHub says: the event that filters ask for, and what a run of it works on. Pure; it trusts only
// that the sender knew the secret. Source: GitHub Docs, Webhook events and payloads.
import { z } from 'zod'
import { Fault } from '#dsl/fault.ts'
import type { GithubEvent } from '#dsl/workflow/trigger.ts'
import { addressOf } from './repository.ts'

export interface WebhookEvent {
  readonly event: GithubEvent
  /** Address of its repository, for a clone; absent for events of an organization. */
  readonly repo?: string
  /** The branch or tag that a run of it works on; the default branch when absent. */
  readonly branch?: string
  /** The commit that hears how a run of it goes: of `push` the new head, of `pull_request` its branch's. */
  readonly commit?: string
  /** A pull request of somebody else's copy: its code has no right to this server's token. */
  readonly fromFork: boolean
}

/** GitHub names at most so many commits of a push; then its files are not all known. */
const COMMITS_MAX = 2048

/** Neither part is dots alone, which an address would take for a way up. */
const Repository = z.looseObject({
  full_name: z.string().regex(/^(?!\.+\/)[\w.-]{1,100}\/(?!\.+$)[\w.-]{1,100}$/),
})
/** What is none leaves a run without a commit to tell, and refuses no delivery. */
const Sha = z
  .string()
  .regex(/^(?!0+$)[0-9a-f]{40}$/)
  .optional()
  .catch(undefined)
const Side = z.looseObject({ ref: z.string().min(1).max(255), sha: Sha, repo: Repository.nullish() })
const Files = z.array(z.string()).default([])
const Payload = z.looseObject({
  action: z.string().max(100).optional(),
  ref: z.string().max(255).optional(),
  deleted: z.boolean().optional(),
  after: Sha,
  /** Of a push of an annotated tag, the commit behind it. */
  head_commit: z.looseObject({ id: Sha }).nullish().catch(undefined),
  repository: Repository.optional(),
  pull_request: z.looseObject({ head: Side, base: Side }).optional(),
  commits: z.array(z.looseObject({ added: Files, modified: Files, removed: Files })).optional(),
})
type Payload = z.output<typeof Payload>

/** Undefined for what leaves nothing to work on, as a branch that is gone. Fault: malformed (names the field). */
export function readWebhookEvent(name: string, body: unknown, apiUrl: string): WebhookEvent | undefined {
  const { data: payload, error } = Payload.safeParse(body)
  if (payload === undefined) {
    const [issue] = error.issues
    throw new Fault(
      'malformed',
      `This is no event of GitHub: "${issue?.path.join('.')}" is not as it should be.`,
    )
  }
  if (payload.deleted === true) return undefined
  const { repository, pull_request: pull } = payload
  const commit = commitOf(name, payload)
  const branch = pull?.head.ref ?? refName(payload.ref)
  return {
    event: eventOf(name, payload),
    ...(repository === undefined ? {} : { repo: addressOf(repository.full_name, apiUrl) }),
    ...(branch === undefined ? {} : { branch }),
    ...(commit === undefined ? {} : { commit }),
    fromFork: pull !== undefined && pull.head.repo?.full_name !== repository?.full_name,
  }
}

function commitOf(
  event: string,
  { after, head_commit: head, pull_request: pull }: Payload,
): string | undefined {
  if (event === 'pull_request') return pull?.head.sha
  return event === 'push' ? (head?.id ?? after) : undefined
}

function eventOf(event: string, { action, ref, pull_request: pull, commits }: Payload): GithubEvent {
  const paths = commits === undefined || commits.length >= COMMITS_MAX ? undefined : filesOf(commits)
  return {
    event,
    ...(action === undefined ? {} : { action }),
    ...(ref === undefined ? {} : { ref }),
    ...(pull === undefined ? {} : { base: pull.base.ref }),
    ...(paths === undefined ? {} : { paths }),
  }
}

function filesOf(commits: NonNullable<Payload['commits']>): string[] {
  return [...new Set(commits.flatMap(({ added, modified, removed }) => [...added, ...modified, ...removed]))]
}

function refName(ref: string | undefined): string | undefined {
  return ref === undefined ? undefined : /^refs\/(?:heads|tags)\/(.+)$/.exec(ref)?.[1]
}
