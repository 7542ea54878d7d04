// Where the expressions of a command stand in the shell's grammar: the only places a value may land. It never sees a value.
// The author's text is read by the same parser that the policy judges with; what that parser does not call plain text is refused.
import { forEachChild, parse } from 'unbash'
import type { Command, Word, WordPart } from 'unbash'
import { refuse } from '#dsl/workflow/expression/problem.ts'
import type { Hole, Template } from '#dsl/workflow/template.ts'

/** `bare`: outside quotes. `single`, `double`: inside the author's own. */
export type Quoting = 'bare' | 'single' | 'double'

export interface Place {
  readonly hole: Hole
  readonly quoting: Quoting
  /** UTF-16 offsets of its mark in `Places.line`. */
  readonly pos: number
  readonly end: number
}

export interface Places {
  /** The command with a mark of plain letters where each expression stands. */
  readonly line: string
  /** A mark is this, its place's number, and `z`. */
  readonly stem: string
  readonly places: readonly Place[]
  /** Every simple command: its words as spans of `line`, the program first. */
  readonly commands: readonly (readonly Word[])[]
}

interface Piece {
  readonly quoting: Quoting
  readonly pos: number
  readonly end: number
}

type ShellNode = Parameters<typeof forEachChild>[0]

/** Faults: invalid (syntax), with the column in the template: an expression where no value is safe. */
export function placesOf(template: Template): Places {
  const { line, stem, marks } = mark(template)
  if (marks.length === 0) return { line, stem, places: [], commands: [] }
  const script = parse(line)
  const error = script.errors?.[0]
  if (error !== undefined) refuseAll(marks, `The shell cannot read the command: ${error.message}.`)
  const commands: Command[] = []
  collect(script, commands)
  const pieces = commands.flatMap(piecesOf)
  return {
    line,
    stem,
    places: marks.map((found) => ({ ...found, quoting: quotingOf(line, found, pieces) })),
    commands: commands.map(wordsOf).filter((words) => words.length > 0),
  }
}

interface Mark {
  readonly hole: Hole
  readonly pos: number
  readonly end: number
}

function mark(template: Template): { line: string; stem: string; marks: readonly Mark[] } {
  const stem = freshStem(template)
  const marks: Mark[] = []
  let line = ''
  for (const part of template) {
    const pos = line.length
    line += part.kind === 'text' ? part.text : `${stem}${marks.length}z`
    if (part.kind === 'expression') marks.push({ hole: part, pos, end: line.length })
  }
  return { line, stem, marks }
}

/** Letters that the author's text does not hold. */
function freshStem(template: Template): string {
  const text = template.map((part) => (part.kind === 'text' ? part.text : ' ')).join('')
  let stem = 'chispart'
  while (text.includes(stem)) stem += 'z'
  return stem
}

/** Simple commands, also inside groups, loops and branches; never inside a substitution, which reads its text again. */
function collect(node: ShellNode, commands: Command[]): void {
  if (node.type === 'Command') commands.push(node)
  else if (node.type !== 'Word') forEachChild(node, (child) => collect(child, commands))
}

function wordsOf(command: Command): readonly Word[] {
  if (command.name === undefined) return []
  return [command.name, ...command.args.filter((argument) => argument.type === 'Word')]
}

function piecesOf(command: Command): readonly Piece[] {
  const redirected = command.redirects.flatMap((redirect) =>
    redirect.type === 'HereDoc' || redirect.target === undefined ? [] : [redirect.target],
  )
  const assigned = command.prefix.flatMap((prefix) =>
    prefix.type === 'Assignment' && prefix.value.type === 'Word' ? [prefix.value] : [],
  )
  return [...wordsOf(command), ...redirected, ...assigned].flatMap(textOf)
}

function textOf(word: Word): readonly Piece[] {
  if (word.parts === undefined) return [{ quoting: 'bare', pos: word.pos, end: word.end }]
  return word.parts.flatMap((part) => textOfPart(part))
}

function textOfPart(part: WordPart): readonly Piece[] {
  const { pos, end } = part
  if (part.type === 'Literal') return [{ quoting: 'bare', pos, end }]
  if (part.type === 'SingleQuoted') return [{ quoting: 'single', pos, end }]
  if (part.type !== 'DoubleQuoted') return []
  const literals = part.parts.filter((child) => child.type === 'Literal')
  return literals.map((child) => ({ quoting: 'double', pos: child.pos, end: child.end }))
}

const REMEDY = 'Give the value to the step as env, or as a word of its own: program ${{ value }}.'

function quotingOf(line: string, { hole, pos, end }: Mark, pieces: readonly Piece[]): Quoting {
  const piece = pieces.find((candidate) => candidate.pos <= pos && end <= candidate.end)
  if (piece === undefined)
    refuse(
      'syntax',
      hole.at,
      'A value cannot stand here: the shell would read it as more than a text.',
      REMEDY,
    )
  const before = line.slice(0, pos)
  if (piece.quoting !== 'single' && /(?:\$|\\)(?:\\\n)*$/.test(before))
    refuse('syntax', hole.at, 'A value cannot stand right behind "$" or "\\".', REMEDY)
  return piece.quoting
}

function refuseAll(marks: readonly Mark[], message: string): never {
  refuse('syntax', marks[0]?.hole.at ?? 0, message, REMEDY)
}
