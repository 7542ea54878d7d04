// Calls that a later request may cancel: clients of 2025 send `notifications/cancelled` beside the call, not on it. It
// knows calls by session and id only.
import type { RequestId } from '@modelcontextprotocol/server'
import { Fault } from '#dsl/fault.ts'

/** Whose call it is: ids count per session, and a session is one credential's. */
export interface Speaker {
  readonly credential: string
  /** Undefined where the client says none: its calls end with their connection only. */
  readonly session: string | undefined
}

export interface Cancels {
  /** The signal aborts with a Fault, cancelled. `done` is called when the call is over. */
  begin(speaker: Speaker, id: RequestId): { readonly signal: AbortSignal; done(): void }
  cancel(speaker: Speaker, id: RequestId | undefined): void
}

export function createCancels(): Cancels {
  const open = new Map<string, AbortController>()
  return {
    begin(speaker, id) {
      const key = keyOf(speaker, id)
      const control = new AbortController()
      if (speaker.session !== undefined) open.set(key, control)
      return { signal: control.signal, done: () => void (open.get(key) === control && open.delete(key)) }
    },
    cancel(speaker, id) {
      if (id !== undefined) open.get(keyOf(speaker, id))?.abort(new Fault('cancelled', 'Cancelled.'))
    },
  }
}

/** `1` and `"1"` are two ids. */
function keyOf({ credential, session }: Speaker, id: RequestId): string {
  return JSON.stringify([credential, session, id])
}
