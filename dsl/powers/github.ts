// The power over pull requests on GitHub, with the server's own token. An op never sees the token.
import type { Signal } from './signal.ts'

export interface PullRequest {
  /** owner/name */
  readonly repo: string
  readonly number: number
  /** Where a person reads it. */
  readonly url: string
  /** `found`: one of this head and base, or of this call, was there. `updated`: it was of an earlier call of ours. */
  readonly result: 'created' | 'updated' | 'found'
  /** The newest commit of its branch. */
  readonly sha: string
  /** A call of ours made it, not a person. */
  readonly own: boolean
}

export interface NewPullRequest {
  /** owner/name, or the repository's address on that GitHub. */
  readonly repo: string
  readonly title: string
  readonly body: string
  /** Branch, or `owner:branch` of a fork. */
  readonly head: string
  /** The repository's default branch when left out. */
  readonly base?: string | undefined
  readonly draft?: boolean | undefined
  /** Names the call for good: it is written into the body, unseen, and looked for before anything is made. */
  readonly once?: string | undefined
}

export interface NewComment {
  readonly repo: string
  /** Of the pull request. */
  readonly number: number
  readonly body: string
  readonly once?: string | undefined
}

export interface PostedComment {
  readonly id: number
  readonly url: string
  readonly result: 'created' | 'found'
}

/** Faults of all: invalid, forbidden (the token), not_found, rate_limited, unavailable (no token, no answer). */
export interface Github {
  createPull(pull: NewPullRequest, signal: Signal): Promise<PullRequest>
  comment(comment: NewComment, signal: Signal): Promise<PostedComment>
}
