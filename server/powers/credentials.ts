// The power over credentials, narrowed to the one who calls: their own, and those for everybody to the operator.
import { randomUUID } from 'node:crypto'
import { Fault } from '#dsl/fault.ts'
import type { CredentialInfo, Credentials } from '#dsl/powers/credentials.ts'
import type { Principal } from '#server/auth/principal.ts'
import { listCredentials, putCredential, removeCredential } from '#server/store/credentials.ts'
import type { CredentialRow } from '#server/store/credentials.ts'
import type { Store } from '#server/store/store.ts'
import { findWorkspace } from '#server/store/workspaces.ts'
import { addressOf, placeOf } from '#server/vault/address.ts'
import { sealedPlace } from '#server/vault/credentials.ts'
import type { Vault } from '#server/vault/vault.ts'

export interface CredentialsParts {
  readonly store: Store
  readonly vault: Vault
}

/** Of one person. */
const MOST = 100

export function credentialsPower(
  { store, vault }: CredentialsParts,
  { user, role }: Pick<Principal, 'user' | 'role'>,
): Credentials {
  async function workspaceId(idOrName: string | undefined): Promise<string | null> {
    if (idOrName === undefined) return null
    const row = await findWorkspace(store, user, idOrName)
    if (row) return row.id
    throw new Fault('not_found', `You have no workspace "${idOrName}". workspace.list shows yours.`)
  }

  function mayForAll(): void {
    if (role === 'owner') return
    throw new Fault('forbidden', 'Credentials for everybody are the owner’s to set and to remove.')
  }

  return {
    async set({ address, secret, username = null, write, workspace, everyone }) {
      const place = placeOf(address)
      if (everyone) mayForAll()
      if (everyone && workspace !== undefined)
        throw new Fault('invalid', 'everyone: it cannot be for one workspace and for everybody.', {
          data: { field: 'everyone' },
        })
      const own = { ownerId: user, ...place, workspaceId: await workspaceId(workspace), everyone }
      const kept = (await listCredentials(store, user)).filter(({ ownerId }) => ownerId === user)
      if (kept.length >= MOST && !kept.some((row) => sealedPlace(row) === sealedPlace(own)))
        throw new Fault('exhausted', `You have ${MOST} credentials. Remove one (credential.remove) first.`)
      const sealed = await vault.seal(sealedPlace(own), secret)
      const fingerprint = await vault.fingerprint(secret)
      return info(
        await putCredential(store, { id: `c${randomUUID()}`, ...own, username, write, sealed, fingerprint }),
      )
    },
    list: async () => (await listCredentials(store, user)).map(info),
    async remove(id) {
      const row = (await listCredentials(store, user)).find((one) => one.id === id)
      if (!row) throw new Fault('not_found', `You have no credential "${id}". credential.list shows yours.`)
      if (row.everyone) mayForAll()
      await removeCredential(store, id)
    },
  }
}

function info(row: CredentialRow): CredentialInfo {
  const { id, username, write, workspaceId, everyone, fingerprint, createdAt } = row
  return {
    ...{ id, address: addressOf(row), write, everyone, fingerprint, createdAt: createdAt.toISOString() },
    ...(username === null ? {} : { username }),
    ...(workspaceId === null ? {} : { workspace: workspaceId }),
  }
}
