// An editor of YAML, as any screen may ask for it. Its code is a chunk of its own, which comes when a file is first opened.
import { Suspense, lazy } from 'solid-js'
import type { Schema } from './complete.ts'

/** Lines and columns count from 1. */
export interface Problem {
  readonly severity: 'error' | 'warning'
  readonly message: string
  readonly fix?: string | undefined
  readonly line: number
  readonly column: number
  readonly endLine: number
  readonly endColumn: number
}

export interface EditorProps {
  /** The accessible name. */
  readonly label: string
  readonly text: string
  readonly onText: (text: string) => void
  readonly problems: readonly Problem[]
  /** Says what may be completed; left out until it is known. */
  readonly schema?: Schema | undefined
  /** The place to show, whenever it is another object. */
  readonly place?: { readonly line: number; readonly column: number } | undefined
}

const View = lazy(() => import('./view.tsx').then((view) => ({ default: view.EditorPane })))

export function Editor(props: EditorProps) {
  return (
    <Suspense fallback={<div class="editor" />}>
      <View {...props} />
    </Suspense>
  )
}
