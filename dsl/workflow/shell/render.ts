// A command of a workflow with its values in it: every value is one literal, in single quotes, wherever the author put it.
// Nothing that a value holds is ever read by a shell; what could be is refused before the command exists.
import { forEachChild, parse } from 'unbash'
import type { Word } from 'unbash'
import { quote } from '#dsl/policy/word.ts'
import { refuse } from '#dsl/workflow/expression/problem.ts'
import type { Scope } from '#dsl/workflow/expression/ast.ts'
import { isPrimitive, toText } from '#dsl/workflow/expression/value.ts'
import { holeValue } from '#dsl/workflow/template.ts'
import type { Hole, Template } from '#dsl/workflow/template.ts'
import { placesOf } from './places.ts'
import type { Place, Places } from './places.ts'
import { rereads } from './reread.ts'

const REMEDY = 'Give it as an argument instead, as in: bash -c \'echo "$1"\' _ ${{ value }}.'

/**
 * Checks without values what `renderShell` would refuse with any. The line, with a word of letters for every value.
 * Faults: invalid, with the column in the template.
 */
export function checkShell(template: Template): string {
  const places = placesOf(template)
  refuseRereading(places, (place) => places.line.slice(place.pos, place.end))
  return places.line
}

/**
 * The line of shell. An empty value is an empty argument; blanks and newlines stay inside one argument.
 * Faults: invalid, with the column in the template: a place where no value is safe, a list or object, a NUL.
 */
export function renderShell(template: Template, scope: Scope): string {
  const places = placesOf(template)
  const values = new Map(places.places.map((place) => [place, shellText(place.hole, scope)]))
  const valueOf = (place: Place): string => values.get(place) ?? ''
  refuseRereading(places, valueOf)
  const line = fill(places, (place) => quoted(place, valueOf(place)))
  const meant = outline(places.line, (word) => wordWith(places, word, valueOf))
  if (places.places.length > 0 && meant !== outline(line, (word) => word.value))
    refuse(
      'syntax',
      places.places[0]?.hole.at ?? 0,
      'A value cannot stand here: the shell would read another command.',
    )
  return line
}

function shellText(hole: Hole, scope: Scope): string {
  const value = holeValue(hole, scope)
  if (!isPrimitive(value))
    refuse(
      'eval',
      hole.inner,
      'A list or object cannot stand in a command.',
      'Name one field of it, or use toJSON().',
    )
  const text = toText(value)
  if (text.includes('\0'))
    refuse('eval', hole.inner, 'A value in a command cannot hold the character U+0000.')
  return text
}

/** Inside the author's quotes they are closed before the value and opened again behind it. */
function quoted({ quoting }: Place, value: string): string {
  const literal = quote(value)
  if (quoting === 'bare') return literal
  return quoting === 'single' ? literal.slice(1, -1) : `"${literal}"`
}

function fill({ line, places }: Places, text: (place: Place) => string): string {
  let filled = ''
  let from = 0
  for (const place of places) {
    filled += line.slice(from, place.pos) + text(place)
    from = place.end
  }
  return filled + line.slice(from)
}

function refuseRereading(places: Places, valueOf: (place: Place) => string): void {
  for (const words of places.commands) {
    const args = words.map((word) => {
      const inside = within(places, word)
      return { value: wordWith(places, word, valueOf), isData: inside.length > 0, hole: inside[0]?.hole }
    })
    const [program] = args
    const hole = args.find(({ isData }) => isData)?.hole
    if (hole === undefined) continue
    if (program?.hole !== undefined && startsWithHole(places, words[0]))
      refuse(
        'syntax',
        program.hole.at,
        'The program is for the author to name, not for a value.',
        'Write its name.',
      )
    const reason = rereads(args)
    if (reason !== undefined) refuse('syntax', hole.at, reason, REMEDY)
  }
}

function within({ places }: Places, word: Word): readonly Place[] {
  return places.filter(({ pos, end }) => word.pos <= pos && end <= word.end)
}

function startsWithHole(places: Places, word: Word | undefined): boolean {
  const first = word === undefined ? undefined : within(places, word)[0]
  return first !== undefined && word !== undefined && /^["']*$/.test(places.line.slice(word.pos, first.pos))
}

/** What the program receives for a word of the marked line. One pass: a value that looks like a mark stays a value. */
function wordWith({ stem, places }: Places, word: Word, valueOf: (place: Place) => string): string {
  return word.value.replaceAll(new RegExp(`${stem}(\\d+)z`, 'g'), (mark, index: string) => {
    const place = places[Number(index)]
    return place === undefined ? mark : valueOf(place)
  })
}

/** Everything that the shell would do with a line, as text to compare: what commands there are, how joined, with which words. */
function outline(line: string, wordValue: (word: Word) => string): string {
  const found: unknown[] = []
  const visit = (node: Parameters<typeof forEachChild>[0]): void => {
    if (node.type === 'Word') {
      found.push(wordValue(node))
      return
    }
    const { type, operator, operators, background } = node as unknown as Record<string, unknown>
    found.push([type, operator, operators, background])
    forEachChild(node, visit)
    found.push(0)
  }
  const script = parse(line)
  found.push(script.errors?.length ?? 0)
  visit(script)
  return JSON.stringify(found)
}
