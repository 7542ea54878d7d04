// The vault of this server: its passphrase from the operator or the data directory, its one row in the database.
import { keepVaultKey } from '#server/store/credentials.ts'
import type { Store } from '#server/store/store.ts'
import { vaultPassphrase } from './passphrase.ts'
import type { PassphraseOptions } from './passphrase.ts'
import { createVault } from './vault.ts'
import type { Vault } from './vault.ts'

export function openVault({ store, ...options }: PassphraseOptions & { readonly store: Store }): Vault {
  return createVault({
    passphrase: () => vaultPassphrase(options),
    row: (fresh) => keepVaultKey(store, fresh),
  })
}
