// The colours of YAML, as classes of the style sheet: both themes share them. It marks only what is in sight.
import { yamlLanguage } from '@codemirror/lang-yaml'
import { RangeSetBuilder } from '@codemirror/state'
import { Decoration, ViewPlugin } from '@codemirror/view'
import type { DecorationSet, EditorView, ViewUpdate } from '@codemirror/view'

const CLASSES: Readonly<Record<string, string>> = {
  Key: 'yaml-key',
  Comment: 'yaml-comment',
  QuotedLiteral: 'yaml-text',
  BlockLiteralContent: 'yaml-text',
}

interface Mark {
  readonly from: number
  readonly to: number
  readonly name: string
}

export const colours = ViewPlugin.fromClass(
  class {
    marks: DecorationSet
    constructor(view: EditorView) {
      this.marks = marksOf(view)
    }
    update(update: ViewUpdate): void {
      if (update.docChanged || update.viewportChanged) this.marks = marksOf(update.view)
    }
  },
  { decorations: (plugin) => plugin.marks },
)

function marksOf(view: EditorView): DecorationSet {
  const text = view.state.doc.toString()
  const tree = yamlLanguage.parser.parse(text)
  const marks: Mark[] = []
  for (const { from, to } of view.visibleRanges) {
    tree.iterate({
      from,
      to,
      enter(node) {
        const name = CLASSES[node.name]
        if (name) marks.push({ from: Math.max(node.from, from), to: Math.min(node.to, to), name })
        // A key's own text is inside of it.
        return name !== 'yaml-key'
      },
    })
    for (const { index, 0: found } of text.slice(from, to).matchAll(/\$\{\{.*?\}\}/g))
      marks.push({ from: from + index, to: from + index + found.length, name: 'yaml-expression' })
  }
  const builder = new RangeSetBuilder<Decoration>()
  for (const { from, to, name } of marks.sort((a, b) => a.from - b.from || b.to - a.to))
    if (from < to) builder.add(from, to, Decoration.mark({ class: name }))
  return builder.finish()
}
