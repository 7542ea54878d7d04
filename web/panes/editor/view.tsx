// The editor of YAML itself: CodeMirror with our colours, problems in place, and completion by schema. Tab leaves it, as
// everywhere on a page.
import { autocompletion } from '@codemirror/autocomplete'
import type { CompletionContext, CompletionResult } from '@codemirror/autocomplete'
import { yaml } from '@codemirror/lang-yaml'
import { lintGutter, setDiagnostics } from '@codemirror/lint'
import type { Diagnostic } from '@codemirror/lint'
import type { Text } from '@codemirror/state'
import { EditorView, basicSetup } from 'codemirror'
import { createEffect, on, onCleanup, onMount } from 'solid-js'
import { colours } from './colour.ts'
import { offersAt } from './complete.ts'
import type { EditorProps, Problem } from './editor.tsx'
import { placeAt } from './place.ts'
import './editor.css'

export function EditorPane(props: EditorProps) {
  const place = (<div class="editor" />) as HTMLDivElement
  onMount(() => {
    const view = openView(props, place)
    onCleanup(() => view.destroy())
    createEffect(() => replace(view, props.text))
    createEffect(() =>
      view.dispatch(setDiagnostics(view.state, diagnosticsOf(view.state.doc, props.problems))),
    )
    createEffect(
      on(
        () => props.place,
        (to) => to && show(view, to),
        { defer: true },
      ),
    )
  })
  return place
}

function openView(props: EditorProps, parent: HTMLElement): EditorView {
  return new EditorView({
    parent,
    doc: props.text,
    extensions: [
      basicSetup,
      yaml(),
      colours,
      lintGutter(),
      autocompletion({ override: [(context) => complete(props.schema, context)] }),
      // Said outright for those who look for what takes the focus: not all know that editable text does.
      EditorView.contentAttributes.of({ 'aria-label': props.label, tabindex: '0' }),
      EditorView.updateListener.of((update) => {
        if (update.docChanged) props.onText(update.state.doc.toString())
      }),
    ],
  })
}

/** Text that came from elsewhere; what was typed here is there already. */
function replace(view: EditorView, text: string): void {
  const before = view.state.doc.toString()
  if (before !== text) view.dispatch({ changes: { from: 0, to: before.length, insert: text } })
}

function complete(schema: EditorProps['schema'], context: CompletionContext): CompletionResult | null {
  const place = schema && placeAt(context.state.doc.toString(), context.pos)
  if (!schema || !place) return null
  // A key is offered once a letter of it is typed, a value as soon as its key is.
  if (!context.explicit && place.word === '' && place.kind !== 'value') return null
  const options = offersAt(schema, place).map(({ label, text, kind, info }) => ({
    label,
    apply: text,
    type: kind === 'key' ? 'property' : 'enum',
    ...(info === undefined ? {} : { info }),
  }))
  return { from: place.from, options, validFor: /^[\w.-]*$/ }
}

function diagnosticsOf(doc: Text, problems: readonly Problem[]): Diagnostic[] {
  return problems.map(({ severity, message, fix, line, column, endLine, endColumn }) => {
    const from = offsetOf(doc, line, column)
    return {
      from,
      to: Math.max(from, offsetOf(doc, endLine, endColumn)),
      severity,
      message: fix === undefined ? message : `${message}\n${fix}`,
    }
  })
}

function show(view: EditorView, { line, column }: { line: number; column: number }): void {
  const anchor = offsetOf(view.state.doc, line, column)
  view.dispatch({ selection: { anchor }, effects: EditorView.scrollIntoView(anchor, { y: 'center' }) })
  view.focus()
}

/** The text may have changed since the place was told. */
function offsetOf(doc: Text, line: number, column: number): number {
  const { from, to } = doc.line(Math.min(Math.max(line, 1), doc.lines))
  return Math.min(from + Math.max(column - 1, 0), to)
}
