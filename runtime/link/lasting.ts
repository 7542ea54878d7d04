// Calls that outlive the link they came over: each runs once under its id, and who asks again joins it. It never runs an
// id twice, nor drops an event that nobody acknowledged.
import { join } from 'node:path'
import { Fault, toFault } from '#dsl/fault.ts'
import type { FaultMessage } from '#dsl/fault.ts'
import type { Emit } from '#dsl/op.ts'
import { createSpool } from './spool.ts'
import type { Spool, Spooled } from './spool.ts'

/** Calls that have ended whose answers are kept. */
export const ANSWERS_MAX = 64

export type Answer =
  ({ readonly ok: true } & Record<string, unknown>) | { readonly ok: false; readonly error: FaultMessage }

/** Who is told of a call: one at a time, the last that came. */
export interface Joiner {
  event(event: Spooled): void
  answer(answer: Answer): void
  /** Undefined while its link takes more. */
  room(): Promise<void> | undefined
}

export type Start = (signal: AbortSignal, emit: Emit<unknown>) => Promise<Record<string, unknown>>

export interface LastingCalls {
  /**
   * Starts the call, or joins it where it is: its events behind `after`, then its answer. One that a runtime before this
   * one started is started again only when it is `idempotent`, which is asked then.
   */
  join(once: string, after: number, joiner: Joiner, start: Start, idempotent?: () => Promise<boolean>): void
  /** The joiner's link is gone; the call goes on. */
  leave(joiner: Joiner): void
  acknowledge(once: string, n: number): void
  cancel(once: string): void
  /** Ends every call that runs whose id starts so. */
  cancelAll(prefix: string): void
}

interface Lasting {
  readonly spool: Spool
  readonly control: AbortController
  joiner: Joiner | undefined
  answer: Answer | undefined
}

/** `marks`: directory on the volume of the workspace that says which ids were started by a runtime before this one. */
export function createLasting(marks: string | undefined): LastingCalls {
  const calls = new Map<string, Lasting>()

  function settle(call: Lasting, answer: Answer): void {
    call.answer = answer
    call.joiner?.answer(answer)
    const ended = [...calls].filter(([, { answer }]) => answer !== undefined)
    for (const [id] of ended.slice(0, Math.max(0, ended.length - ANSWERS_MAX))) calls.delete(id)
  }

  async function run(
    once: string,
    call: Lasting,
    start: Start,
    idempotent: () => Promise<boolean>,
  ): Promise<Answer> {
    const { spool, control } = call
    try {
      if (marks !== undefined && !(await idempotent())) await mark(marks, once)
      const emit: Emit<unknown> = async (event) => {
        const spooled = spool.add(event)
        call.joiner?.event(spooled)
        await call.joiner?.room()
        await untilAborted(spool.room(), control.signal)
      }
      return { ...(await start(control.signal, emit)), ok: true }
    } catch (error) {
      return { ok: false, error: toFault(error).toJSON() }
    }
  }

  return {
    join(once, after, joiner, start, idempotent = never) {
      const known = calls.get(once)
      const call = known ?? {
        spool: createSpool(),
        control: new AbortController(),
        joiner,
        answer: undefined,
      }
      if (call.joiner !== joiner) call.joiner?.answer(elsewhere)
      call.joiner = joiner
      call.spool.acknowledge(after)
      if (known === undefined) {
        calls.set(once, call)
        void run(once, call, start, idempotent).then((answer) => settle(call, answer))
        return
      }
      for (const event of call.spool.after(after)) joiner.event(event)
      if (call.answer !== undefined) joiner.answer(call.answer)
    },
    leave(joiner) {
      for (const call of calls.values()) if (call.joiner === joiner) call.joiner = undefined
    },
    acknowledge: (once, n) => calls.get(once)?.spool.acknowledge(n),
    cancel: (once) => calls.get(once)?.control.abort(cancelled()),
    cancelAll(prefix) {
      for (const [once, call] of calls) if (once.startsWith(prefix)) call.control.abort(cancelled())
    },
  }
}

const never = () => Promise.resolve(false)
const elsewhere: Answer = {
  ok: false,
  error: { code: 'conflict', message: 'Another caller has joined this call.' },
}
const cancelled = () => new Fault('cancelled', 'The caller cancelled the call.')

/** Faults: unavailable (a runtime that is gone started it, and nobody knows how far it came). */
async function mark(marks: string, once: string): Promise<void> {
  // Read here: few sandboxes need them, and all would wait for them.
  const { createHash } = await import('node:crypto')
  const { mkdir, writeFile } = await import('node:fs/promises')
  const name = createHash('sha256').update(once).digest('hex')
  await mkdir(marks, { recursive: true })
  try {
    await writeFile(join(marks, name), '', { flag: 'wx' })
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause
    throw new Fault(
      'unavailable',
      'The workspace stopped while this ran, so it may be half done. Look at what it left, and try again.',
      { cause },
    )
  }
}

function untilAborted(waiting: Promise<void> | undefined, signal: AbortSignal): Promise<void> | undefined {
  if (waiting === undefined || signal.aborted) return undefined
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true })
    void waiting.then(resolve)
  })
}
