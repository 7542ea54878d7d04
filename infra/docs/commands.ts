// COMMANDS.md: what `chispart --help` says, command by command. Not a word of it is written by hand but the template's.
import type { Command } from 'commander'
import { FAULTS } from '#dsl/fault.ts'
import { buildProgram } from '#cli/program.ts'
import { code, table, tableRow } from './fields.ts'
import { fill } from './fill.ts'

/** Columns of the help; a terminal's own width must not decide a document. */
const WIDTH = 100
/** The program describes itself the same on every machine: no state, no environment. */
const NOBODY = {
  url: undefined,
  token: undefined,
  jwtSecret: undefined,
  ownerToken: undefined,
  allowlist: undefined,
  color: false,
  stateDir: '/nowhere',
}

export function commandsDocument(template: string): string {
  const program = buildProgram(NOBODY)
  return fill(template, { help: block(program), exits: exitTable(), commands: sections(program, '') })
}

function sections(command: Command, path: string): string {
  return visible(command)
    .map((child) => {
      const name = `${path} ${child.name()}`.trim()
      return [`### ${code(`chispart ${name}`)}`, block(child), sections(child, name)]
        .filter((part) => part !== '')
        .join('\n\n')
    })
    .join('\n\n')
}

/** Without the `help` that every group has, and what only a shell calls. */
function visible(command: Command): readonly Command[] {
  return command
    .createHelp()
    .visibleCommands(command)
    .filter((child) => child.name() !== 'help')
}

function block(command: Command): string {
  return ['```', helpOf(command).trimEnd(), '```'].join('\n')
}

/** The help as it is printed, with what stands behind it, but for the options of all: the program's own help has them. */
function helpOf(command: Command): string {
  let text = ''
  command.configureHelp({ showGlobalOptions: false })
  command.configureOutput({ writeOut: (part) => (text += part), getOutHelpWidth: () => WIDTH })
  command.outputHelp()
  return text
}

function exitTable(): string {
  const rows = Object.entries(FAULTS).map(([name, { exit, retry }]) =>
    tableRow([String(exit), code(name), retry ? 'yes' : 'no']),
  )
  return table(['exit', 'fault', 'repeat'], rows)
}
