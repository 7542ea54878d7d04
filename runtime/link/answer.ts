// Runs one call under its grant and its time limit, whoever carried it here. It never widens a grant.
import { Fault } from '#dsl/fault.ts'
import type { Emit, Op } from '#dsl/op.ts'
import { perform } from '#dsl/perform.ts'
import { powersFor } from '#runtime/grant.ts'
import type { GrantedCall, Place } from '#runtime/grant.ts'

export interface RuntimeCall extends GrantedCall {
  readonly input: Record<string, unknown>
  readonly emit: Emit<unknown>
}

/** Faults: those of the op; timed_out when it takes longer than its `timeoutMs`. */
export async function answerCall(place: Place, op: Op, call: RuntimeCall): Promise<Record<string, unknown>> {
  const late = new AbortController()
  const timer = op.timeoutMs > 0 ? setTimeout(() => late.abort(tooLong(op)), op.timeoutMs) : undefined
  const signal = AbortSignal.any([call.signal, late.signal])
  try {
    const act = powersFor(place, { ...call, signal }, op.needs).then((powers) =>
      perform(op, powers, call.input, call.emit),
    )
    // A look at what runs is no use of it.
    return await (op.wakes && place.activity ? place.activity.during(act) : act)
  } catch (error) {
    if (late.signal.aborted) throw late.signal.reason
    throw error
  } finally {
    clearTimeout(timer)
  }
}

function tooLong(op: Op): Fault {
  return new Fault('timed_out', `${op.name} took longer than ${op.timeoutMs} ms and was stopped.`)
}
