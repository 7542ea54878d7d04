// Who is calling, after authentication. It is made by auth and read by dispatch; it never holds a secret.

export interface Principal {
  readonly user: string
  readonly userName: string
  readonly role: 'owner' | 'member'
  /** Name of the plan that judges the person's commands. */
  readonly plan: string
  /**
   * How the person proved it: a browser session, a paired device, a signed token, or the operator's owner token;
   * `workflow` is a run that the person started before.
   */
  readonly via: 'session' | 'device' | 'token' | 'owner-token' | 'workflow'
  /** Id of that session, device, token (jti) or run: revoking it closes every socket that carries it. */
  readonly credential: string
  /** When the proof ends by itself: a connection that outlives it is closed then. Absent where it has no fixed end. */
  readonly expiresAt?: Date
}
