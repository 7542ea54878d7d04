// Who wants to know at once that a credential has ended. It never decides that one has.

export interface Revocations {
  /** `listener` is told the `credential` of a Principal; it closes the sockets that carry it. Answers how to stop. */
  onRevoked(listener: (credential: string) => void): () => void
  /** Called after the store has forgotten the credential. */
  revoked(credential: string): void
}

export function createRevocations(): Revocations {
  const listeners = new Set<(credential: string) => void>()
  return {
    onRevoked(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    revoked(credential) {
      for (const listener of listeners) listener(credential)
    },
  }
}
