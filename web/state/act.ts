// One thing that a person asks for by a press: whether it is under way, and what went wrong. It never runs twice at once.
import { createSignal } from 'solid-js'
import type { Accessor } from 'solid-js'
import { toFault } from '#dsl/fault.ts'
import type { Fault } from '#dsl/fault.ts'

export interface Act<A extends unknown[]> {
  readonly busy: Accessor<boolean>
  /** Of the last time; undefined while it is under way, and after a success. */
  readonly fault: Accessor<Fault | undefined>
  /** Does it, unless it is under way. Never rejects. */
  readonly go: (...given: A) => Promise<void>
}

export function createAct<A extends unknown[]>(act: (...given: A) => Promise<void>): Act<A> {
  const [busy, setBusy] = createSignal(false)
  const [fault, setFault] = createSignal<Fault>()
  async function go(...given: A): Promise<void> {
    if (busy()) return
    setBusy(true)
    setFault(undefined)
    try {
      await act(...given)
    } catch (error) {
      setFault(toFault(error))
    }
    setBusy(false)
  }
  return { busy, fault, go }
}
