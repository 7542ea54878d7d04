// How every connection to the database is opened, whoever opens it. It holds no address.

/** Milliseconds between two tries to connect: a database that returns is found within the second. */
const AGAIN_MS = [50, 100, 200, 400, 800]

export const CONNECTION = {
  /** Seconds. */
  connect_timeout: 10,
  /** Answers seconds; without it the pauses grow to twenty of them. */
  backoff: (attempt: number) => (AGAIN_MS[attempt - 1] ?? 1000) / 1000,
  // A connection that breaks while it asks for the types rejects where nobody listens.
  fetch_types: false,
  onnotice: () => undefined,
} as const
