// A call that outlives links: joined again as often as its link breaks, each event handed on once. It never starts a
// call a second time: the runtime knows its id.
import { setImmediate } from 'node:timers/promises'
import { Detached } from '#server/workflow/step-runner.ts'
import { isBroken } from './link.ts'
import type { LinkRequest, RuntimeLink } from './link.ts'

/** How long the end of a call whose link is gone may be on its way. */
const CANCEL_MS = 15_000

export interface LastingRequest extends Omit<LinkRequest, 'emit' | 'once' | 'streams'> {
  /** The same whenever the call is joined: `RUN/STEP/ATTEMPT`. */
  readonly id: string
  /** Resolves once the event is safe. `at`: bytes of text in the events before it. */
  readonly emit: (event: unknown, at: number) => Promise<void>
}

/** The answer. Faults: as `RuntimeLink.call`, but for a link that breaks while another one comes in time. */
export async function callLasting(
  reach: (signal: AbortSignal) => Promise<RuntimeLink>,
  { id, emit, ...request }: LastingRequest,
): Promise<Record<string, unknown>> {
  const { signal } = request
  let after = 0
  for (;;) {
    try {
      const link = await reach(signal)
      return await link.call({
        ...request,
        streams: [],
        once: { id, after },
        async emit(event, place) {
          await emit(event, place.at)
          after = place.n
        },
      })
    } catch (error) {
      if (signal.aborted) await endFor(reach, id, signal)
      if (signal.aborted || !isBroken(error)) throw error
      // A link that is closed but has not said so yet breaks at once: without a turn of the event loop it never would.
      await setImmediate()
    }
  }
}

/** A cancel that found no link: the command must not go on for nobody. */
async function endFor(
  reach: (signal: AbortSignal) => Promise<RuntimeLink>,
  id: string,
  { reason }: AbortSignal,
): Promise<void> {
  if (reason instanceof Detached) return
  const link = await reach(AbortSignal.timeout(CANCEL_MS)).catch(() => undefined)
  link?.cancelOnce(id)
}
