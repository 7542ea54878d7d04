// R0, R7–R10, R12: admits every simple command of a line by a pattern, and writes down what is to be run. It never runs it.
import type { Grant } from '#dsl/wire/link.ts'
import { needsShell, refusedBuiltin } from './builtin.ts'
import { Denied, deny, NODE_MAX } from './denial.ts'
import type { Span } from './denial.ts'
import { COMMANDS_MAX, readLine } from './line.ts'
import type { SimpleCommand } from './line.ts'
import { beyond, isEnough, spelledPattern } from './listed.ts'
import { patternFor } from './pattern.ts'
import type { Reach } from './programs/reach.ts'
import { innermost } from './programs/table.ts'
import { scriptOf } from './inside.ts'
import type { Script } from './inside.ts'
import { quote } from './word.ts'
import type { ShellWord } from './word.ts'

/** Bounds the recursion of scripts inside scripts. */
const DEPTH_MAX = 4

/** What is left for one request: R11 counts the commands of scripts inside the line too. */
interface Budget {
  commands: number
}

/** The argv that runs the line. Faults (Denied). */
export function judgeLine(grant: Grant, line: string): readonly string[] {
  const commands = admitLine(grant, line, { commands: COMMANDS_MAX }, 0)
  return plainArgv(commands) ?? ['bash', '--norc', '-c', print(commands)]
}

/** The same for an argv, whose words are already what the program receives. Faults (Denied). */
export function judgeArgv(grant: Grant, argv: readonly string[]): readonly string[] {
  const line = argv.join(' ')
  let pos = 0
  const words = argv.map((value) => {
    const word = { value, quoted: quote(value), pos, end: pos + value.length }
    pos = word.end + 1
    return word
  })
  return admitWords(grant, line, words, { commands: COMMANDS_MAX }, 0).map((word) => word.value ?? '')
}

function admitLine(grant: Grant, line: string, budget: Budget, depth: number): readonly SimpleCommand[] {
  const commands = readLine(line)
  budget.commands -= commands.length
  if (budget.commands < 0)
    deny('R11', line, { pos: 0, end: line.length }, `More than ${COMMANDS_MAX} commands. Split the line.`)
  return commands.map((command) => ({
    ...command,
    words: admitWords(grant, line, command.words, budget, depth),
  }))
}

/** The words to run: the same, but for a script inside, which is replaced by what was understood of it. */
function admitWords(
  grant: Grant,
  line: string,
  words: readonly ShellWord[],
  budget: Budget,
  depth: number,
): readonly ShellWord[] {
  const argv = words.map((word) => word.value)
  const [program] = words
  if (program !== undefined && argv[0] === undefined)
    deny('R4b', line, program, 'The name of a program may not be a glob.')
  if (program === undefined || !argv[0]) deny('R2', line, { pos: 0, end: 0 }, 'There is no program here.')
  if (!/^[\x21-\x7e]+$/.test(argv[0]))
    deny('R1', line, program, "A program's name is printable ASCII without blanks.")
  const whole = { pos: program.pos, end: words.at(-1)?.end ?? program.end }
  const builtin = refusedBuiltin(argv)
  if (builtin !== undefined) deny('R10', line, whole, builtin)
  const found = beyond(grant, argv)
  if (found === 'unlisted') unlisted(grant, line, whole, argv)
  if (found?.command === true) return admitWrapped(grant, line, words, found.at, budget, depth)
  if (found !== undefined) reaching(grant, line, whole, words, found)
  const script = scriptOf(line, words.slice(innermost(argv)))
  if (script === undefined) return words
  if (depth === DEPTH_MAX) deny('R9t', line, script, `More than ${DEPTH_MAX} scripts inside one another.`)
  const value = print(admitScript(grant, line, script, budget, depth + 1))
  return words.map((word) => (word === script ? { ...word, value, quoted: quote(value) } : word))
}

/** `timeout 60 npm ci`: the words before the command are known, and the list judges the command as if it stood alone. */
function admitWrapped(
  grant: Grant,
  line: string,
  words: readonly ShellWord[],
  at: number,
  budget: Budget,
  depth: number,
): readonly ShellWord[] {
  const span = words[at] ?? { pos: 0, end: 0 }
  if (depth === DEPTH_MAX) deny('R9', line, span, `More than ${DEPTH_MAX} commands inside one another.`)
  return [...words.slice(0, at), ...admitWords(grant, line, words.slice(at), budget, depth + 1)]
}

function reaching(
  grant: Grant,
  line: string,
  whole: Span,
  words: readonly ShellWord[],
  { at, why }: Reach,
): never {
  const pattern = spelledPattern(words.map((word) => word.value))
  const span = words[at] ?? whole
  const node = line.slice(span.pos, span.end).slice(0, NODE_MAX)
  const remedy =
    pattern === undefined
      ? 'Leave it out, or put it into a script.'
      : `The pattern "${pattern}" would allow it.`
  deny(
    'R9',
    line,
    span,
    `"${node}" ${why}, which the plan "${grant.plan}" does not spell. ${remedy}`,
    pattern,
  )
}

/** As `admitLine`; a denial's column is that of the outer line. */
function admitScript(
  grant: Grant,
  line: string,
  script: Script,
  budget: Budget,
  depth: number,
): readonly SimpleCommand[] {
  try {
    return admitLine(grant, script.value, budget, depth)
  } catch (error) {
    if (!(error instanceof Denied)) throw error
    const { pos, end, value } = script
    const verbatim = [0, 1].find((skip) => line.slice(pos + skip, end - skip) === value)
    const column = pos + (verbatim === undefined ? 1 : verbatim + error.denial.column)
    throw new Denied({ ...error.denial, column })
  }
}

function unlisted(grant: Grant, line: string, span: Span, argv: readonly (string | undefined)[]): never {
  const short = patternFor(argv)
  const pattern = short === undefined || isEnough(short, argv) ? short : spelledPattern(argv)
  const node = line.slice(span.pos, span.end)
  const remedy = pattern === undefined ? '' : ` The pattern "${pattern}" would allow it.`
  deny(
    'R8',
    line,
    span,
    `The plan "${grant.plan}" does not list "${node.slice(0, NODE_MAX)}".${remedy}`,
    pattern,
  )
}

/** The argv of a line that needs no shell: one command, no glob, no redirection, no builtin without a file. */
function plainArgv(commands: readonly SimpleCommand[]): readonly string[] | undefined {
  const [only, ...more] = commands
  if (only === undefined || more.length > 0 || only.redirects.length > 0) return undefined
  const argv = only.words.map((word) => word.value).filter((value) => value !== undefined)
  return argv.length < only.words.length || needsShell(argv[0] ?? '') ? undefined : argv
}

/** The script as it was understood: every word quoted again. */
function print(commands: readonly SimpleCommand[]): string {
  const texts = commands.map(({ join, words, redirects }, index) => {
    const text = [...words.map((word) => word.quoted), ...redirects].join(' ')
    return index === 0 ? text : `${join === ';' ? ';' : ` ${join}`} ${text}`
  })
  return texts.join('')
}
