// `chispart shell` and `chispart attach`: a terminal that lasts, opened or found again. Closing the window leaves it running.
import { Command } from 'commander'
import { z } from 'zod'
import { Fault } from '#dsl/fault.ts'
import { PTY_INFO } from '#dsl/ops/pty/fields.ts'
import { directoryFor, shellLine } from '#cli/command-line.ts'
import type { Config } from '#cli/config.ts'
import type { Globals } from '#cli/derive.ts'
import type { Endpoint } from '#cli/endpoint.ts'
import { endpointOf, withLink } from '#cli/session.ts'
import { isTerminal } from '#cli/terminal.ts'
import { visit } from '#cli/visit.ts'

const LEAVING = '\nCtrl-] d leaves it running; Ctrl-] Ctrl-] is one Ctrl-] for the program in it.'
const Terminals = z.object({ ptys: z.array(PTY_INFO) })
type Terminal = z.output<typeof PTY_INFO>

interface Options extends Globals {
  readonly workspace?: string
  readonly name?: string
  readonly cwd?: string
}

export function shellCommand(config: Config): Command {
  const command = new Command('shell')
  return command
    .description('Open a terminal that lasts, and attach to it')
    .usage('[options] [-- <command>]')
    .argument('[command...]', 'What to run in it; the login shell when left out')
    .option('--name <text>', 'What its tab shows')
    .option('--cwd <dir>', 'Directory to start in')
    .option('--workspace <name>', 'Workspace id or name')
    .addHelpText('after', LEAVING)
    .action(async (words: string[]) => {
      const { name, cwd, ...options } = command.optsWithGlobals<Options>()
      const endpoint = endpointOf(options, config)
      const directory = directoryFor(cwd, endpoint.root, process.cwd())
      const cmd = words.length === 0 ? undefined : shellLine(words)
      needTerminal()
      const input = given({ name, cwd: directory, cmd })
      process.exitCode = await visit(endpoint, { op: 'pty.open', input, workspace: workspaceOf(options) })
    })
}

export function attachCommand(config: Config): Command {
  const command = new Command('attach')
  return command
    .description('Attach to a terminal that is already there, from its screen on')
    .argument('[terminal]', 'Its id or name; the only one that runs when left out')
    .option('--workspace <name>', 'Workspace id or name')
    .addHelpText('after', LEAVING)
    .action(async (wanted: string | undefined) => {
      const options = command.optsWithGlobals<Options>()
      const endpoint = endpointOf(options, config)
      const workspace = workspaceOf(options)
      needTerminal()
      const pty = await find(endpoint, workspace, wanted)
      process.exitCode = await visit(endpoint, { op: 'pty.attach', input: { pty }, workspace })
    })
}

function workspaceOf({ workspace }: Options): Record<string, unknown> {
  return given({ workspace })
}

function given(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
}

function needTerminal(): void {
  if (!isTerminal())
    throw new Fault('invalid', 'This needs a terminal on both sides. For pipes use: chispart exec.')
}

async function find(
  endpoint: Endpoint,
  workspace: Record<string, unknown>,
  wanted: string | undefined,
): Promise<string> {
  const answer = await withLink(endpoint, (link) => link.call('pty.list', workspace).answer)
  return choose(Terminals.parse(answer).ptys, wanted)
}

/** The id of the terminal that is meant. Faults: not_found, invalid (several are). */
export function choose(all: readonly Terminal[], wanted: string | undefined): string {
  const exact = all.find(({ id }) => id === wanted)
  if (exact !== undefined) return exact.id
  const running = all.filter(({ exitCode }) => exitCode === undefined)
  const meant = wanted === undefined ? running : running.filter(({ name }) => name === wanted)
  const [only, ...more] = meant
  if (only === undefined) throw new Fault('not_found', `There is no such terminal. ${listed(running)}`)
  if (more.length > 0) throw new Fault('invalid', `Which one? ${listed(meant)}`)
  return only.id
}

function listed(terminals: readonly Terminal[]): string {
  if (terminals.length === 0) return 'None runs; chispart shell opens one.'
  return terminals.map(({ id, name, cwd }) => `${id} (${name} in ${cwd})`).join(', ')
}
