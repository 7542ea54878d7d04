// The passphrase of the vault: the operator's CHISPART_VAULT_KEY, or one made once in the data directory. It is never logged.
import { join } from 'node:path'
import { ownSecret } from '#server/auth/own-secret.ts'

export interface PassphraseOptions {
  readonly dataDir: string
  /** CHISPART_VAULT_KEY: the same for every server of one database. */
  readonly key?: string | undefined
}

export async function vaultPassphrase({ dataDir, key }: PassphraseOptions): Promise<string> {
  return key ?? ownSecret(join(dataDir, 'vault.key'))
}
