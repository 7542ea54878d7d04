// A fault, in place: what is wrong, and what would make it right. It never goes away by itself.
import { For, Show } from 'solid-js'
import type { JSX } from 'solid-js'
import type { FaultMessage } from '#dsl/fault.ts'

export function FaultNotice(props: { fault: FaultMessage | undefined; children?: JSX.Element }) {
  return (
    <Show when={props.fault}>
      {(fault) => (
        <div class="notice" role="alert">
          <p>{fault().message}</p>
          <Show when={remedies(fault().data).length}>
            <ul>
              <For each={remedies(fault().data)}>{(remedy) => <li>{remedy}</li>}</For>
            </ul>
          </Show>
          {props.children}
        </div>
      )}
    </Show>
  )
}

/** What a fault's data says would allow it: the rule, the fields that do not fit. */
export function remedies(data: unknown): string[] {
  if (typeof data !== 'object' || data === null) return []
  const { allow, rule, remedy, problems } = data as Record<string, unknown>
  const lines = [remedy, rule, allow].flat().filter((line) => typeof line === 'string')
  if (!Array.isArray(problems)) return lines
  return [...lines, ...problems.map(problemLine).filter((line) => line !== undefined)]
}

function problemLine(entry: unknown): string | undefined {
  if (typeof entry !== 'object' || entry === null) return undefined
  const { field, problem } = entry as Record<string, unknown>
  if (typeof problem !== 'string') return undefined
  return typeof field === 'string' && field ? `${field}: ${problem}` : problem
}
