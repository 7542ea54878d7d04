// `chispart ws start`: the runtime on this machine, jailed to one directory and judged by a plan's command list.
import { readFileSync, realpathSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { Command } from 'commander'
import { Fault } from '#dsl/fault.ts'
import { Allowlist, planGrant } from '#dsl/policy/plan.ts'
import { ROOT } from '#cli/checkout.ts'
import { childEnvironment } from '#cli/config.ts'
import type { Config } from '#cli/config.ts'
import type { Globals } from '#cli/derive.ts'
import { wholeNumber } from '#cli/flags.ts'
import { keysFor } from '#cli/keys.ts'
import { startLaptop } from '#cli/laptop.ts'
import type { Laptop } from '#cli/laptop.ts'
import { printLine } from '#cli/print.ts'
import { FORWARDED } from '#cli/session.ts'
import { rememberRuntime } from '#cli/state.ts'

const PORT = 8765

interface StartOptions extends Globals {
  readonly port: number
  readonly root: string
  readonly plan: string
}

const TOKEN_HELP = `
--token (or CHISPART_TOKEN) is what clients must show: a JWT signed with JWT_SECRET, which then opens the
door to every JWT so signed, or any secret that you share. Left out, one is made. The commands of this
machine find the runtime and its token by themselves.`

export function wsCommand(config: Config): Command {
  return new Command('ws')
    .description('The runtime on this machine, for a checkout of yours without a sandbox')
    .addCommand(startCommand(config))
}

function startCommand(config: Config): Command {
  const command = new Command('start')
  return command
    .description('Run the runtime in the foreground, for one directory and one plan, until Ctrl-C')
    .option('--port <number>', 'Port on 127.0.0.1; 0 is any free one', wholeNumber(0, 65_535), PORT)
    .option('--root <dir>', 'Directory that commands and files stay in', '.')
    .option('--plan <name>', 'Plan of the allow-list that judges commands', 'gratis')
    .addHelpText('after', TOKEN_HELP)
    .action(async () => {
      const options = command.optsWithGlobals<StartOptions>()
      const root = directory(options.root)
      const allowlist = config.allowlist ?? join(ROOT, 'config', 'allowlist.json')
      const { commands } = planGrant(readAllowlist(allowlist), options.plan)
      const { keys, own } = await keysFor(options.token ?? config.token, config.jwtSecret)
      const env = childEnvironment()
      const laptop = await startLaptop({ ...options, root, allowlist, keys, env })
      // Before it is told of: who reads that Ctrl-C ends it may press it at once.
      const ended = untilEnd(laptop)
      const { url, pid } = laptop
      const forget = rememberRuntime(config.stateDir, { url, pid, token: own, root, startedAt: Date.now() })
      announce({ url, pid, root, plan: options.plan, commands }, options.json ?? false)
      process.exitCode = await ended.finally(forget)
    })
}

/** Faults: not_found. */
function directory(named: string): string {
  const found = statSync(named, { throwIfNoEntry: false })
  if (found?.isDirectory()) return realpathSync(named)
  throw new Fault('not_found', `There is no directory "${named}".`)
}

function readAllowlist(file: string): Allowlist {
  try {
    return Allowlist.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch (cause) {
    throw new Fault('invalid', `The allow-list ${file} is not {"plan": ["command", …]}.`, { cause })
  }
}

interface Started {
  readonly url: string
  readonly pid: number
  readonly root: string
  readonly plan: string
  readonly commands: readonly string[]
}

function announce({ url, pid, root, plan, commands }: Started, json: boolean): void {
  if (json) return printLine(JSON.stringify({ url, pid, root, plan }))
  const allowed = commands.length === 0 ? 'nothing' : commands.join(', ')
  printLine(`Listening on ${url}`)
  printLine(`  directory  ${root}`)
  printLine(`  plan       ${plan}: ${allowed}`)
  printLine(`Try: chispart exec -- "${commands[0]?.replace(/ ?\*$/, '') || 'git status'}"`)
  printLine('Ctrl-C ends it.')
}

function untilEnd(laptop: Laptop): Promise<number> {
  const end = () => laptop.end()
  for (const signal of FORWARDED) process.on(signal, end)
  return laptop.ended.finally(() => {
    for (const signal of FORWARDED) process.off(signal, end)
  })
}
