// What the server says of a workflow that is being written: its problems and, when it is right, its graph. It asks once the
// typing rests, and lets go of answers to older text.
import { createEffect, createSignal, on, onCleanup } from 'solid-js'
import type { Accessor } from 'solid-js'
import { toFault } from '#dsl/fault.ts'
import type { Fault } from '#dsl/fault.ts'
import type { OpOutput } from '#dsl/catalog.ts'
import type { Call } from '#web/link/call.ts'

export type Problems = OpOutput<'workflow.validate'>['problems']
export type WorkflowGraph = OpOutput<'workflow.graph'>

/** Milliseconds without a key that count as a rest. */
const REST_MS = 250

export interface Checked {
  readonly problems: Accessor<Problems>
  /** Of the last text that was right. */
  readonly graph: Accessor<WorkflowGraph | undefined>
  /** Whether the text as it is now can run; undefined until the server has said so. */
  readonly valid: Accessor<boolean | undefined>
  readonly fault: Accessor<Fault | undefined>
}

/** Ends with the asking owner. */
export function createChecked(call: Call, text: Accessor<string>, file: Accessor<string>): Checked {
  const [problems, setProblems] = createSignal<Problems>([])
  const [graph, setGraph] = createSignal<WorkflowGraph>()
  const [valid, setValid] = createSignal<boolean>()
  const [fault, setFault] = createSignal<Fault>()

  async function check(asked: { text: string; file: string }, signal: AbortSignal): Promise<void> {
    try {
      const answer = await call('workflow.validate', asked, { signal })
      const drawn = answer.valid ? await call('workflow.graph', asked, { signal }) : undefined
      if (signal.aborted) return
      setFault(undefined)
      setProblems(answer.problems)
      if (drawn) setGraph(drawn)
      setValid(answer.valid)
    } catch (error) {
      if (!signal.aborted) setFault(toFault(error))
    }
  }

  let isFirst = true
  createEffect(
    on([text, file], ([written, name]) => {
      setValid(undefined)
      const gone = new AbortController()
      const go = () => void check({ text: written, file: name }, gone.signal)
      const timer = setTimeout(go, isFirst ? 0 : REST_MS)
      isFirst = false
      onCleanup(() => {
        clearTimeout(timer)
        gone.abort()
      })
    }),
  )
  return { problems, graph, valid, fault }
}
