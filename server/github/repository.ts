// Which repository of the configured GitHub is meant. An address of another host is refused, never taken for a name of ours.
import { Fault } from '#dsl/fault.ts'

const NAME = /^([A-Za-z0-9][A-Za-z0-9-]*)\/([A-Za-z0-9._-]+)$/
/** `git@host:owner/name` */
const SCP = /^[^@\s/]+@([^:\s/]+):(.+)$/

/** `repo`: owner/name, or an address as git takes it. Fault: invalid. */
export function repositoryOf(repo: string, apiUrl: string): { owner: string; repo: string } {
  const { host, path } = parts(repo)
  if (host !== undefined && host !== webHost(apiUrl))
    throw new Fault(
      'invalid',
      `The repository is on ${host}, but this server's GitHub is ${webHost(apiUrl)}. Set GITHUB_API_URL, or name another repository.`,
      { data: { field: 'repo' } },
    )
  const [, owner, name] = NAME.exec(path) ?? []
  if (owner === undefined || name === undefined || /^\.+$/.test(name))
    throw new Fault('invalid', '"repo" is owner/name, or the address of a repository on GitHub.', {
      data: { field: 'repo' },
    })
  return { owner, repo: name }
}

function parts(repo: string): { host: string | undefined; path: string } {
  const url = /^(https?|ssh|git):\/\//.test(repo) && URL.canParse(repo) ? new URL(repo) : undefined
  if (url !== undefined) return { host: url.hostname, path: trimmed(url.pathname) }
  const [, host, path] = SCP.exec(repo) ?? []
  return { host, path: path === undefined ? repo : trimmed(path) }
}

const trimmed = (path: string) => path.replace(/^\/+|\/+$/g, '').replace(/\.git$/, '')

/**
 * Where git and people find the repositories of that GitHub: `https://github.com`, without a final slash. An Enterprise
 * server has its API below the address that people see.
 */
export function webOrigin(apiUrl: string): string {
  const { hostname, origin } = new URL(apiUrl)
  return hostname === 'api.github.com' ? 'https://github.com' : origin
}

/** Of `owner/name`, for a clone. */
export function addressOf(name: string, apiUrl: string): string {
  return `${webOrigin(apiUrl)}/${name}.git`
}

const webHost = (apiUrl: string) => new URL(webOrigin(apiUrl)).hostname
