// `chispart mcp`: a server's tools for a program that speaks MCP over standard input and output. Nothing else is on them.
import { Command } from 'commander'
import type { Config } from '#cli/config.ts'
import type { Globals } from '#cli/derive.ts'
import { printFault } from '#cli/print.ts'
import { endpointOf } from '#cli/session.ts'

const HELP = `
A program that has a model starts it, not a person. Where it asks for JSON:
  {"mcpServers": {"chispart": {"command": "/path/to/chispart/cli/chispart.mjs", "args": ["mcp"]}}}
It talks to the server that this machine is paired with; else give "env": {"CHISPART_URL": …, "CHISPART_TOKEN": …}.
What goes wrong is an answer to the program, and a line on standard error.`

export function mcpCommand(config: Config): Command {
  const command = new Command('mcp')
  return command
    .description('Serve the tools of a server to a program, over MCP on standard input and output')
    .addHelpText('after', HELP)
    .action(async () => {
      const options = command.optsWithGlobals<Globals>()
      const endpoint = endpointOf(options, config, 'control')
      // Other commands need not load the protocol.
      const { relayMcp } = await import('#cli/mcp-relay.ts')
      await relayMcp(endpoint, (fault) => printFault(fault, { json: options.json ?? false }))
    })
}
