// `chispart credential set`: hands the server a secret that it says to a registry or git host, so that no sandbox holds it. The
// secret is typed or piped, never an argument, which others on the machine could read.
import { Command } from 'commander'
import { credentialSet } from '#dsl/ops/credential/set.ts'
import { askSecret, canAsk } from '#cli/ask.ts'
import type { Config } from '#cli/config.ts'
import type { Globals } from '#cli/derive.ts'
import { printNote, printOutput } from '#cli/print.ts'
import { endpointOf, interruptible, withLink } from '#cli/session.ts'

interface SetOptions extends Globals {
  readonly username?: string
  readonly workspace?: string
  readonly write?: boolean
  readonly everyone?: boolean
}

const HELP = `
The secret is asked for, or read from standard input:
  chispart credential set https://npm.example.org/team/ < token.txt
Inside a sandbox nothing of it is to be seen: the server adds it to requests for that address.`

export function credentialCommand(config: Config): Command {
  const set = new Command('set')
    .description('Keep a credential for a registry or git host, outside of every sandbox')
    .argument('<address>', 'https://host/path/: it goes to addresses that begin so')
    .option('--username <name>', 'Sent with it as HTTP Basic; without one it is sent as Bearer')
    .option('--workspace <name>', 'Only for this workspace of yours')
    .option('--write', 'Also for requests that change something there: publish, push')
    .option('--everyone', "For everybody's workspaces; the owner's to say")
    .addHelpText('after', HELP)
    .action(async (address: string) => {
      const {
        username,
        workspace,
        write = false,
        everyone = false,
        ...globals
      } = set.optsWithGlobals<SetOptions>()
      const endpoint = endpointOf(globals, config, 'control')
      const secret = await secretOf(address)
      const more = { ...(username && { username }), ...(workspace && { workspace }) }
      const input = { address, secret, write, everyone, ...more }
      const answer = await withLink(endpoint, (link) => interruptible(link.call('credential.set', input)))
      if (globals.json) return printOutput(answer, { json: true })
      const { credential } = credentialSet.output.parse(answer)
      printNote(`Kept for ${credential.address}, with the fingerprint ${credential.fingerprint}.`)
    })
  return new Command('credential').alias('credentials').description('list, remove, set').addCommand(set)
}

async function secretOf(address: string): Promise<string> {
  if (canAsk()) return askSecret(`Token or password for ${address}:`)
  let text = ''
  process.stdin.setEncoding('utf8')
  for await (const chunk of process.stdin as AsyncIterable<string>) text += chunk
  return text.replace(/\r?\n$/, '')
}
