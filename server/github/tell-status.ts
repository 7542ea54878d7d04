// Tells one commit on GitHub one status, with the server's token. It never tries twice: who asks keeps what is untold.
import type { GithubConfig } from './client.ts'
import { githubClient } from './client.ts'
import type { CommitStatus } from './commit-status.ts'
import { githubFault } from './github-fault.ts'
import { addressOf, repositoryOf } from './repository.ts'

/** Milliseconds that GitHub may take to answer. */
const ANSWER_MS = 10_000

export interface ToldStatus extends CommitStatus {
  /** Address of the repository. */
  readonly repo: string
  readonly sha: string
  readonly context: string
  /** Where a person reads more. */
  readonly targetUrl: string
}

export interface StatusTeller {
  /** Address of `owner/name` on that GitHub. */
  readonly address: (name: string) => string
  /** Faults: invalid, forbidden (the token), not_found, rate_limited, unavailable (no answer). The signal's reason. */
  readonly tell: (status: ToldStatus, signal: AbortSignal) => Promise<void>
}

/** Undefined without a token: then nobody is told. */
export function statusTeller({ apiUrl, token }: GithubConfig): StatusTeller | undefined {
  if (token === undefined) return undefined
  return {
    address: (name) => addressOf(name, apiUrl),
    async tell({ repo, sha, state, description, context, targetUrl }, signal) {
      const target = { ...repositoryOf(repo, apiUrl), sha }
      const status = { state, description, context, target_url: targetUrl }
      try {
        const client = githubClient(apiUrl, token)
        const limited = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)])
        await client.rest.repos.createCommitStatus({ ...target, ...status, request: { signal: limited } })
      } catch (error) {
        signal.throwIfAborted()
        throw githubFault(error, token, 'commit statuses')
      }
    },
  }
}
