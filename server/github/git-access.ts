// Which repository a workspace may fetch from and push to with the server's own token: its own one, and only when the
// operator lists it. Pure; it never sees the token.
import { Fault } from '#dsl/fault.ts'
import { repositoryOf, webOrigin } from './repository.ts'

/** The name by which git inside a sandbox asks the relay. `internal` is nobody's on the net (ICANN, 2024). */
export const RELAY_HOST = 'git.chispart.internal'

export interface GitAccess {
  /** owner/name */
  readonly repository: string
  /** Text of the entry that allows it. */
  readonly rule: string
  /** `https://github.com` */
  readonly origin: string
  /** Its address, for a clone and for a person. */
  readonly url: string
  /** What git inside asks instead of that. */
  readonly relayUrl: string
}

export interface GitAccessParts {
  readonly apiUrl: string
  /** The operator's entries, `owner/name` or `owner/*`. */
  readonly listed: readonly string[]
}

/** `repo`: the address that a workspace was made of. */
export type FindGitAccess = (repo: string | null | undefined) => GitAccess | undefined

const ENTRY = /^[A-Za-z0-9][A-Za-z0-9-]*\/(\*|[A-Za-z0-9._-]+)$/

export function isRepositoryEntry(text: string): boolean {
  return ENTRY.test(text) && !/\/\.+$/.test(text)
}

export function gitAccess({ apiUrl, listed }: GitAccessParts): FindGitAccess {
  const origin = webOrigin(apiUrl)
  return (repo) => {
    const repository = repo === null || repo === undefined ? undefined : hostedAt(repo, apiUrl, origin)
    const rule = repository === undefined ? undefined : listed.find((entry) => names(entry, repository))
    if (repository === undefined || rule === undefined) return undefined
    const path = `${repository}.git`
    return {
      ...{ repository, rule, origin },
      url: `${origin}/${path}`,
      relayUrl: `http://${RELAY_HOST}/${path}`,
    }
  }
}

/** Only an address says on which host a repository is: a bare `owner/name` is a path in the workspace. */
function hostedAt(repo: string, apiUrl: string, origin: string): string | undefined {
  const url = /^[a-z+]+:\/\//i.test(repo) ? URL.parse(repo) : undefined
  if (url === null || (url === undefined && !/^[^@\s/]+@[^:\s/]+:/.test(repo))) return undefined
  if (url !== undefined && /^https?:$/.test(url.protocol) && url.origin !== origin) return undefined
  try {
    const { owner, repo: name } = repositoryOf(repo, apiUrl)
    return `${owner}/${name}`
  } catch (error) {
    if (error instanceof Fault) return undefined
    throw error
  }
}

/** GitHub's names are the same in every case. */
function names(entry: string, repository: string): boolean {
  const [wanted, said] = [entry.toLowerCase(), repository.toLowerCase()]
  return wanted.endsWith('/*') ? said.startsWith(wanted.slice(0, -1)) : said === wanted
}
