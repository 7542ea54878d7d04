// All commands of the CLI: those that the catalog says, and the few that an op cannot say.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Command } from 'commander'
import { ROOT } from './checkout.ts'
import type { Config } from './config.ts'
import { execCommand } from './commands/exec.ts'
import { wsCommand } from './commands/ws.ts'
import { deriveCommands } from './derive.ts'
import { runOp } from './session.ts'

/** Ops that have a command of their own below `commands`. */
const BY_HAND = ['exec']

export function buildProgram(config: Config): Command {
  const program = new Command('chispart')
    .description('Live terminals in sandboxed workspaces, from the command line.')
    .version(version())
    .option('--json', 'Answer in JSON, one object a line')
    .option('--url <url>', 'Server or runtime to talk to')
    .option('--token <token>', 'Proof of who you are; CHISPART_TOKEN keeps it out of the process list')
    .showSuggestionAfterError()
  program.addCommand(execCommand(config))
  program.addCommand(wsCommand(config))
  deriveCommands(program, BY_HAND, (op, input, globals) => runOp(op, input, globals, config))
  overrideExit(program)
  return program
}

/** A usage error is thrown, in every command, so that main decides how the process ends. */
function overrideExit(command: Command): void {
  command.exitOverride()
  for (const child of command.commands) overrideExit(child)
}

function version(): string {
  const text = readFileSync(join(ROOT, 'package.json'), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}
