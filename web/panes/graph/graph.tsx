// The graph of a workflow, as any screen may ask for it. Its layout is code of its own, which comes when a graph is first drawn.
import { Suspense, lazy } from 'solid-js'
import type { StepState } from '#dsl/powers/runs.ts'

export interface GraphStep {
  readonly id: string
  readonly name: string
  /** Left out for a workflow that does not run. */
  readonly state?: StepState | undefined
  /** Said below the name of a step that has no state: what it uses. */
  readonly note?: string | undefined
  /** Steps of one level may run at once. */
  readonly level?: number | undefined
}

export interface GraphEdge {
  readonly from: string
  readonly to: string
}

export interface GraphProps {
  readonly steps: readonly GraphStep[]
  /** An edge to or from a step that is not there is not drawn. */
  readonly edges: readonly GraphEdge[]
  /** Id of the step that is shown elsewhere. */
  readonly selected?: string | undefined
  /** Without it the steps are text and no buttons. */
  readonly onSelect?: (id: string) => void
  /** Where time goes; left out: down on a phone, right elsewhere. */
  readonly direction?: 'right' | 'down' | undefined
}

const View = lazy(() => import('./view.tsx').then((view) => ({ default: view.GraphView })))

export function Graph(props: GraphProps) {
  return (
    <Suspense fallback={<div />}>
      <View {...props} />
    </Suspense>
  )
}
