// `chispart token`: a signed token for a program. A server makes it for who holds its owner token; a laptop runtime takes
// one that is signed here with the JWT_SECRET that it knows. A device or a token makes no tokens.
import { Command, InvalidArgumentError } from 'commander'
import { z } from 'zod'
import { Fault } from '#dsl/fault.ts'
import type { Config } from '#cli/config.ts'
import type { Globals } from '#cli/derive.ts'
import { newEndpoint } from '#cli/endpoint.ts'
import { post } from '#cli/http.ts'
import { TTL_DEFAULT, TTL_MAX, signToken } from '#cli/keys.ts'
import type { SignedToken } from '#cli/keys.ts'
import { printLine, printNote } from '#cli/print.ts'

const Issued = z.object({ token: z.string(), expiresAt: z.string() })
const SECONDS = { s: 1, m: 60, h: 3600, d: 86_400 } as const

const WHO = `
A server makes a token for its owner: give CHISPART_OWNER_TOKEN (or --token, CHISPART_TOKEN with its value). Without
one, and with JWT_SECRET, the token is signed here: a runtime that "chispart ws start" started with the same
JWT_SECRET takes it, a server does not, because it names none of its users.
The token is all that standard output holds: CHISPART_TOKEN=$(chispart token --ttl 1h)`

interface TokenOptions extends Globals {
  readonly ttl: number
  readonly local?: boolean
}

export function tokenCommand(config: Config): Command {
  const command = new Command('token')
  return command
    .description('Make a signed token for a program')
    .option('--ttl <time>', 'How long it lasts: seconds, or 30m, 12h, 7d', seconds, TTL_DEFAULT)
    .option('--local', 'Sign it here with JWT_SECRET, for runtimes on laptops')
    .addHelpText('after', WHO)
    .action(async () => {
      const options = command.optsWithGlobals<TokenOptions>()
      const { token, expiresAt } = await make(options, config)
      if (options.json) return printLine(JSON.stringify({ token, expiresAt }))
      printLine(token)
      printNote(`It ends at ${expiresAt}.`)
    })
}

/** Faults: invalid (nothing to make it with), and what the server says. */
async function make({ ttl, local, ...globals }: TokenOptions, config: Config): Promise<SignedToken> {
  const { url, token: proof = config.ownerToken } = newEndpoint(globals, config)
  if (proof !== undefined && !local)
    return Issued.parse(await post({ url, token: proof }, '/auth/token', { ttl }))
  if (config.jwtSecret !== undefined) return signToken(config.jwtSecret, ttl)
  const needs = local ? 'JWT_SECRET' : 'CHISPART_OWNER_TOKEN for a server, or JWT_SECRET for a runtime'
  throw new Fault('invalid', `There is nothing to make a token with: set ${needs}.`)
}

function seconds(text: string): number {
  const [, count, unit = 's'] = /^(\d{1,9})([smhd])?$/.exec(text) ?? []
  const value = Number(count) * SECONDS[unit as keyof typeof SECONDS]
  if (value >= 1 && value <= TTL_MAX) return value
  throw new InvalidArgumentError('Write seconds, or a time such as 30m, 12h or 7d; at most 30d.')
}
