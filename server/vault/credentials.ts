// The credentials of everybody, as the server uses them: which one may be said to a host from a workspace, opened at the
// moment of its use. It never tells one to a sandbox or a log.
import type { Log } from '#server/log.ts'
import type { Secrets } from '#server/redact/secrets.ts'
import { credentialsFor, listCredentials } from '#server/store/credentials.ts'
import type { CredentialRow } from '#server/store/credentials.ts'
import type { Store } from '#server/store/store.ts'
import { isDatabaseAway } from '#server/store/transaction.ts'
import { addressOf, isInside } from './address.ts'
import type { Vault } from './vault.ts'

export interface Credential {
  /** `https://host/path/` */
  readonly address: string
  /** The beginning of the paths for which it is. */
  readonly path: string
  readonly write: boolean
  /** What is never to be seen in an answer: the secret, and what is made of it. */
  readonly secret: string
  readonly username: string | null
}

export interface CredentialUse {
  /**
   * Those of the workspace for `name:port` at this moment, the narrowest first. What does not open is told to the log, and
   * left out.
   */
  find(workspace: string, host: string): Promise<readonly Credential[]>
}

export function createCredentialUse(
  store: Store,
  vault: Vault,
  secrets: Pick<Secrets, 'know'>,
  log: Pick<Log, 'error'>,
): CredentialUse {
  async function open(row: CredentialRow): Promise<Credential[]> {
    try {
      const secret = await vault.open(sealedPlace(row), row.sealed)
      const { path, write, username } = row
      secrets.know({ value: secret, label: row.fingerprint })
      return [{ address: addressOf(row), path, write, secret, username }]
    } catch (error) {
      log.error({ credential: row.id, err: error }, 'a credential cannot be used')
      return []
    }
  }

  return {
    async find(workspace, host) {
      const rows = await credentialsFor(store, workspace, host)
      return (await Promise.all(rows.sort(narrowestFirst).map(open))).flat()
    },
  }
}

/**
 * Lets `secrets` know those that a person's workspaces may use, so that none of them is told by what runs there. One that does
 * not open is of no use to anybody. It opens each once.
 */
export function createLearning(store: Store, vault: Vault, secrets: Pick<Secrets, 'know'>) {
  const learnt = new Set<string>()
  return async (owner: string): Promise<void> => {
    const rows = await listCredentials(store, owner)
    const fresh = rows.filter(({ id, fingerprint }) => !learnt.has(id + fingerprint))
    await Promise.all(
      fresh.map(async (row) => {
        const value = await vault.open(sealedPlace(row), row.sealed).catch((error: unknown) => {
          if (isDatabaseAway(error)) throw error
        })
        if (value !== undefined) secrets.know({ value, label: row.fingerprint })
        learnt.add(row.id + row.fingerprint)
      }),
    )
  }
}

/** GitHub and its like take every kind of token as the password of this user. */
const GIT_USER = 'x-access-token'

/**
 * Value of the header `Authorization`: Basic with a user name, Bearer without one (RFC 7617, RFC 6750). Git hosts take no
 * Bearer.
 */
export function authorizationOf(
  { username, secret }: Pick<Credential, 'username' | 'secret'>,
  forGit: boolean,
): string {
  const user = username ?? (forGit ? GIT_USER : undefined)
  return user === undefined
    ? `Bearer ${secret}`
    : `Basic ${Buffer.from(`${user}:${secret}`).toString('base64')}`
}

/** Of the workspace for its repository on a git host, the narrowest first. `origin`: `https://github.com`. */
export function ownForRepository({ find }: CredentialUse) {
  return async (workspace: string, repo: { readonly origin: string; readonly repository: string }) => {
    const { protocol, hostname, port } = new URL(repo.origin)
    if (protocol !== 'https:') return []
    const all = await find(workspace, `${hostname}:${port === '' ? 443 : port}`)
    return all.filter(({ path }) => isInside(`/${repo.repository}/`, path))
  }
}

/** The first that is valid for the path. */
export function credentialAt(all: readonly Credential[], path: string): Credential | undefined {
  return all.find((one) => isInside(path, one.path))
}

function narrowestFirst(a: CredentialRow, b: CredentialRow): number {
  const rank = ({ path, workspaceId, everyone }: CredentialRow) =>
    [path.length, workspaceId === null ? 0 : 1, everyone ? 0 : 1] as const
  const [x, y] = [rank(a), rank(b)]
  return y[0] - x[0] || y[1] - x[1] || y[2] - x[2]
}

/** What the secret is sealed for: a row that is changed to lead elsewhere does not open. */
export function sealedPlace(
  row: Pick<CredentialRow, 'ownerId' | 'host' | 'path' | 'workspaceId' | 'everyone'>,
): string {
  const { ownerId, host, path, workspaceId, everyone } = row
  return `credential ${JSON.stringify([ownerId, host, path, workspaceId, everyone])}`
}
