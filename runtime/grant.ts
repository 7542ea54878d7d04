// Turns the grant of one call into powers that are already narrowed. A command that was not judged never gets an argv.
import { Fault } from '#dsl/fault.ts'
import type { Denial } from '#dsl/policy/denial.ts'
import { judgeEnvironment } from '#dsl/policy/environment.ts'
import type { Command, Exec } from '#dsl/powers/exec.ts'
import type { Files } from '#dsl/powers/files.ts'
import type { PowerName } from '#dsl/powers/powers.ts'
import type { Pty } from '#dsl/powers/pty.ts'
import type { Grant } from '#dsl/wire/link.ts'
import type { Activity } from './activity.ts'
import type { Channel } from './link/streams.ts'
import { directory } from './powers/paths.ts'
import type { Jail } from './powers/paths.ts'
import type { Terminals } from './powers/pty.ts'

/** What every call of this runtime shares. */
export interface Place {
  readonly jail: Jail
  readonly terminals: Terminals
  readonly env: Readonly<Record<string, string>>
  /** Told of all that goes on; a runtime whose use nobody measures has none. */
  readonly activity?: Activity
}

export interface GrantedCall {
  readonly grant: Grant
  readonly signal: AbortSignal
  readonly channel: Channel
  readonly nextStream: () => number
}

export interface Granted {
  exec?: Exec
  pty?: Pty
  files?: Files
  readonly signal: AbortSignal
}

/** A lasting terminal without a command is the person's login shell. */
const LOGIN = ['/bin/bash', '-l'] as const

/**
 * The powers that the op needs. Each is read from disk when an op first needs it, and so is what judges commands: a new
 * sandbox waits for none of them before it says hello.
 */
export async function powersFor(
  place: Place,
  call: GrantedCall,
  needs: readonly PowerName[],
): Promise<Granted> {
  const { jail, terminals } = place
  const { grant, signal, channel, nextStream } = call
  const argv = (command: Command) => judged(grant, command)
  const env = (more: Readonly<Record<string, string>> | undefined) => {
    refuse(judgeEnvironment(grant, more))
    return { ...place.env, ...more }
  }
  const cwd = (path: string | undefined) => directory(jail, path)
  const granted: Granted = { signal }
  if (needs.includes('files')) {
    const { filesPower } = await import('./powers/files.ts')
    granted.files = filesPower(jail)
  }
  if (needs.includes('exec')) {
    const { execPower } = await import('./powers/exec.ts')
    granted.exec = execPower({ signal, channel, nextStream, env, cwd, argv })
  }
  if (needs.includes('pty')) {
    const { ptyPower } = await import('./powers/pty.ts')
    const shell = (cmd: string | undefined) => terminalOf(grant, cmd)
    const printed = () => place.activity?.touch()
    granted.pty = ptyPower({ terminals, channel, nextStream, env, cwd, shell, printed })
  }
  return granted
}

/** The argv of a terminal. Faults: denied. */
async function terminalOf(grant: Grant, cmd: string | undefined): Promise<readonly string[]> {
  if (!grant.terminals)
    throw new Fault('denied', `The plan "${grant.plan}" has no interactive terminals. Use exec.`, {
      data: { rule: 'terminals', node: cmd ?? 'bash', column: 1 },
    })
  return cmd === undefined ? LOGIN : judged(grant, { shell: cmd })
}

/** Faults: denied. */
async function judged(grant: Grant, command: Command): Promise<readonly string[]> {
  const { judge } = await import('#dsl/policy/commands.ts')
  const verdict = judge(grant, command)
  if (verdict.allowed) return verdict.argv
  return refuse(verdict)
}

function refuse(denial: Denial): never
function refuse(denial: Denial | undefined): void
function refuse(denial: Denial | undefined): void {
  if (denial === undefined) return
  const { reason, rule, node, column, allow } = denial
  throw new Fault('denied', reason, {
    data: { rule, node, column, ...(allow === undefined ? {} : { allow }) },
  })
}
