// The power over credentials: what the server says in a person's name to hosts on the net, so that no sandbox has to. It
// never hands a secret back.

export interface CredentialInfo {
  readonly id: string
  /** `https://host[:port]/path/`: it goes to addresses that begin so, and to no other. */
  readonly address: string
  /** With one it is sent as HTTP Basic, without as Bearer. */
  readonly username?: string
  /** Whether it also goes with requests that change something there. */
  readonly write: boolean
  /** The one workspace that it is for; all of the person's when absent. */
  readonly workspace?: string
  /** Whether it is for everybody's workspaces. */
  readonly everyone: boolean
  /** Tells secrets apart without showing one. */
  readonly fingerprint: string
  /** ISO 8601. */
  readonly createdAt: string
}

export interface NewCredential {
  readonly address: string
  readonly username?: string | undefined
  readonly secret: string
  readonly write: boolean
  readonly workspace?: string | undefined
  readonly everyone: boolean
}

export interface Credentials {
  /**
   * Takes the place of the one for the same address and the same workspaces. Faults: invalid (the address), not_found (the
   * workspace), forbidden (`everyone` is the operator's), exhausted (too many), unavailable (the key of this server is
   * another one).
   */
  set(credential: NewCredential): Promise<CredentialInfo>
  /** The person's own and those for everybody, by address. */
  list(): Promise<CredentialInfo[]>
  /** Faults: not_found, forbidden (those for everybody are the operator's). */
  remove(id: string): Promise<void>
}
