// Every op with the door `cli` as a command: `git.log` becomes `chispart git log`. It knows no op by name.
import { Command } from 'commander'
import { CATALOG } from '#dsl/catalog.ts'
import type { Op } from '#dsl/op.ts'
import { argumentOf, fieldsOf, isPositional, optionsOf } from './flags.ts'
import type { Field } from './flags.ts'

/** Options that belong to every command; a field of the same name would hide one. */
export interface Globals {
  readonly json?: boolean
  readonly url?: string
  readonly token?: string
  readonly yes?: boolean
}

export type RunOp = (op: Op, input: Record<string, unknown>, globals: Globals) => Promise<void>

/** Adds a command for each op but those in `byHand`, under a group per noun; a noun alone lists. */
export function deriveCommands(program: Command, byHand: readonly string[], run: RunOp): void {
  for (const op of CATALOG) {
    if (!op.doors.includes('cli') || byHand.includes(op.name)) continue
    const words = op.name.split('.')
    const name = words.pop() ?? op.name
    const group = words.reduce((parent, _, at) => subgroup(parent, words.slice(0, at + 1)), program)
    const command = commandOf(op, name, run)
    // A noun that does something by itself, `chispart run <file>`, does not list.
    const isDefault = [group, command].every(({ registeredArguments }) => registeredArguments.length === 0)
    group.addCommand(command, { isDefault: name === 'list' && isDefault })
  }
}

/** One op as a command of that name. */
export function commandOf(op: Op, name: string, run: RunOp): Command {
  const fields = fieldsOf(op)
  const positional = fields.filter(isPositional).sort((a, b) => Number(b.required) - Number(a.required))
  const named = fields.filter((field) => !isPositional(field))
  const command = new Command(name).description(op.summary)
  for (const field of positional) command.addArgument(argumentOf(field))
  for (const option of named.flatMap(optionsOf)) command.addOption(option)
  if (op.effect === 'destroy') command.option('-y, --yes', 'Do not ask first')
  return command.action(async () =>
    run(op, inputOf(command, positional, named), command.optsWithGlobals<Globals>()),
  )
}

/** The command of a noun: `github`, and below it `github.pr`. */
function subgroup(parent: Command, path: readonly string[]): Command {
  const name = path.at(-1) ?? ''
  const known = parent.commands.find((command) => command.name() === name)
  if (known !== undefined) return known
  const group = new Command(name)
  const verbs = verbsOf(path.join('.'))
  if (verbs.includes('list')) group.alias(`${name}s`)
  parent.addCommand(group.description(verbs.join(', ')))
  return group
}

function verbsOf(noun: string): string[] {
  const names = CATALOG.filter(({ doors }) => doors.includes('cli')).map(({ name }) => name)
  const below = names.filter((name) => name.startsWith(`${noun}.`)).map((name) => name.slice(noun.length + 1))
  return [...new Set(below.map((name) => name.split('.')[0] ?? name))]
}

/** What the person gave; what they left out is the op's to decide. */
function inputOf(
  command: Command,
  positional: readonly Field[],
  named: readonly Field[],
): Record<string, unknown> {
  const options = command.opts<Record<string, unknown>>()
  const given = [
    ...positional.map(({ name }, at): [string, unknown] => [name, command.processedArgs[at]]),
    ...named.map(({ name }): [string, unknown] => [name, options[name]]),
  ]
  return Object.fromEntries(given.filter(([, value]) => value !== undefined))
}
