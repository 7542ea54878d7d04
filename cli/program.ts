// All commands of the CLI: those that the catalog says, and the few that an op cannot say.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Command } from 'commander'
import { ROOT } from './checkout.ts'
import type { Config } from './config.ts'
import { addCompletion } from './commands/completion.ts'
import { credentialCommand } from './commands/credential.ts'
import { doctorCommand } from './commands/doctor.ts'
import { execCommand } from './commands/exec.ts'
import { mcpCommand } from './commands/mcp.ts'
import { pairCommand } from './commands/pair.ts'
import { rpcCommand } from './commands/rpc.ts'
import { runCommand } from './commands/run.ts'
import { logsCommand, runsCommand } from './commands/runs.ts'
import { attachCommand, shellCommand } from './commands/terminal.ts'
import { tokenCommand } from './commands/token.ts'
import { workflowCommand } from './commands/workflow.ts'
import { wsCommand } from './commands/ws.ts'
import { deriveCommands } from './derive.ts'
import { runOp } from './session.ts'

/** Ops that have a command of their own below `commands`. */
export const BY_HAND = [
  'credential.set',
  'exec',
  'pair.init',
  'run.watch',
  'workflow.graph',
  'workflow.save',
  'workflow.schema',
  'workflow.validate',
]

export function buildProgram(config: Config): Command {
  const program = new Command('chispart')
    .description('Live terminals in sandboxed workspaces, from the command line.')
    .version(version(), '-V, --version', 'Show the version')
    .option('--json', 'Answer in JSON, one object a line')
    .option('--url <url>', 'Server or runtime to talk to')
    .option('--token <token>', 'Proof of who you are; CHISPART_TOKEN keeps it out of the process list')
    .showSuggestionAfterError()
    .commandsGroup('Commands:')
  for (const command of byHand(config)) program.addCommand(command)
  program.commandsGroup('Verbs, as on every door:')
  deriveCommands(program, BY_HAND, (op, input, globals) => runOp(op, input, globals, config))
  program.commandsGroup('This machine:')
  program.addCommand(wsCommand(config)).addCommand(doctorCommand())
  addCompletion(program)
  settle(program).helpCommand('help [command]', 'Show the help of a command')
  return program
}

function byHand(config: Config): Command[] {
  return [
    execCommand,
    shellCommand,
    attachCommand,
    runCommand,
    runsCommand,
    logsCommand,
    workflowCommand,
    pairCommand,
    tokenCommand,
    credentialCommand,
    rpcCommand,
    mcpCommand,
  ].map((command) => command(config))
}

/** Every command alike: its help shows the options of all, and a usage error is thrown, so that main decides the end. */
function settle(command: Command): Command {
  for (const child of command.commands) settle(child)
  return command
    .exitOverride()
    .configureHelp({ showGlobalOptions: true })
    .helpOption('-h, --help', 'Show this help')
    .helpCommand(false)
}

function version(): string {
  const text = readFileSync(join(ROOT, 'package.json'), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}
