// R2, R3, R5 and the count of R11: one line of shell as simple commands and what joins them. It never matches a pattern.
import { parse } from 'unbash'
import type { AndOr, Command, CommandNode, Pipeline, PipelineNode, Statement, SyntaxNode } from 'unbash'
import { refuseLong, refuseUnseen } from './characters.ts'
import { deny } from './denial.ts'
import type { Span } from './denial.ts'
import { readRedirect } from './redirect.ts'
import { readWord } from './word.ts'
import type { ShellWord } from './word.ts'

export interface SimpleCommand extends Span {
  /** What joins it to the command before it; `;` for the first. */
  readonly join: ';' | '&&' | '||' | '|'
  /** The program first; there is always one. */
  readonly words: readonly ShellWord[]
  readonly redirects: readonly string[]
}

export const COMMANDS_MAX = 32

const BETWEEN_STATEMENTS = /^(?:[ \t\n;]|\\\n|#[^\n]*)*$/
const BETWEEN_WORDS = /^(?:[ \t]|\\\n)*$/

/** Faults (Denied): R1–R6, R11. */
export function readLine(line: string): readonly SimpleCommand[] {
  refuseLong(line)
  refuseUnseen(line)
  const script = parse(line)
  const error = script.errors?.[0]
  if (error !== undefined)
    deny('R2', line, { pos: error.pos, end: line.length }, `bash could not read the line: ${error.message}.`)
  const commands = script.commands.flatMap((statement) => readStatement(line, statement))
  refuseGaps(line, { pos: 0, end: line.length }, script.commands, BETWEEN_STATEMENTS)
  const extra = commands[COMMANDS_MAX]
  if (extra !== undefined)
    deny('R11', line, extra, `The line holds more than ${COMMANDS_MAX} commands. Split it.`)
  if (commands.length === 0) deny('R2', line, { pos: 0, end: line.length }, 'The line holds no command.')
  return commands
}

/** What lies between the nodes of a span must be what bash skips: nothing is passed over that was not understood. */
function refuseGaps(line: string, { pos, end }: Span, nodes: readonly Span[], gap: RegExp): void {
  let from = pos
  for (const next of [...nodes, { pos: end, end }]) {
    if (!gap.test(line.slice(from, next.pos)))
      deny('R2', line, { pos: from, end: next.pos }, 'bash could not read the line here.')
    from = next.end
  }
}

function readStatement(line: string, statement: Statement): SimpleCommand[] {
  if (statement.background)
    deny('R3', line, statement, 'A command may not run in the background: leave out the "&".')
  return statement.command.type === 'AndOr'
    ? readAndOr(line, statement.command)
    : readPipeline(line, statement.command, ';')
}

function readAndOr(line: string, { commands, operators }: AndOr): SimpleCommand[] {
  return commands.flatMap((command, index) => readPipeline(line, command, operators[index - 1] ?? ';'))
}

function readPipeline(line: string, node: PipelineNode, join: SimpleCommand['join']): SimpleCommand[] {
  if (node.type !== 'Pipeline') return [readCommand(line, node, join)]
  refuseDecorated(line, node)
  return node.commands.map((command, index) => readCommand(line, command, index === 0 ? join : '|'))
}

function refuseDecorated(line: string, { prefixes, operators, ...pipeline }: Pipeline): void {
  const [prefix] = prefixes
  if (prefix !== undefined) deny('R3', line, prefix, 'A command may not stand behind "!" or "time".')
  if (operators.includes('|&')) deny('R3', line, pipeline, 'Write "2>&1 |" instead of "|&".')
}

function readCommand(line: string, node: CommandNode, join: SimpleCommand['join']): SimpleCommand {
  if (node.type !== 'Command')
    deny(
      'R3',
      line,
      node,
      'Only simple commands joined by ";", "&&", "||" or "|" can be judged: no groups, loops or functions.',
    )
  refuseAssignments(line, node)
  if (node.name === undefined) deny('R2', line, node, 'There is no program here.')
  refuseGaps(line, node, [...node.prefix, node.name, ...node.suffix], BETWEEN_WORDS)
  const program = readWord(line, node.name)
  if (program.value === undefined) deny('R4b', line, program, 'The name of a program may not be a glob.')
  const args = node.args.filter((word) => word.type === 'Word').map((word) => readWord(line, word))
  const redirects = node.redirects.map((redirect) => readRedirect(line, redirect))
  return { join, words: [program, ...args], redirects, pos: node.pos, end: node.end }
}

function refuseAssignments(line: string, command: Command): void {
  const isAssignment = (node: SyntaxNode) => node.type === 'Assignment'
  const found = command.prefix.find(isAssignment) ?? command.suffix.find(isAssignment)
  if (found !== undefined)
    deny('R5', line, found, 'A line may not set variables. Give them as `env` of the call.')
}
