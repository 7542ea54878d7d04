// Turns the grant of one call into powers that are already narrowed. A command that was not judged never gets an argv.
import { Fault } from '#dsl/fault.ts'
import type { Judge } from '#dsl/policy/commands.ts'
import type { Denial } from '#dsl/policy/denial.ts'
import { judgeEnvironment } from '#dsl/policy/environment.ts'
import type { Command, Exec } from '#dsl/powers/exec.ts'
import type { Files } from '#dsl/powers/files.ts'
import type { Pty } from '#dsl/powers/pty.ts'
import type { Grant } from '#dsl/wire/link.ts'
import type { Activity } from './activity.ts'
import type { Channel } from './link/streams.ts'
import { execPower } from './powers/exec.ts'
import { filesPower } from './powers/files.ts'
import { directory } from './powers/jail.ts'
import type { Jail } from './powers/jail.ts'
import { ptyPower } from './powers/pty.ts'
import type { Terminals } from './powers/pty.ts'

/** What every call of this runtime shares. */
export interface Place {
  readonly jail: Jail
  readonly terminals: Terminals
  readonly env: Readonly<Record<string, string>>
  readonly judge: Judge
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
  readonly exec: Exec
  readonly pty: Pty
  readonly files: Files
  readonly signal: AbortSignal
}

/** A lasting terminal without a command is the person's login shell. */
const LOGIN = ['/bin/bash', '-l'] as const

export function powersFor(place: Place, call: GrantedCall): Granted {
  const { jail, terminals } = place
  const printed = () => place.activity?.touch()
  const { grant, signal, channel, nextStream } = call
  const argv = (command: Command) => judged(place.judge, grant, command)
  const shell = (cmd: string | undefined) => {
    if (!grant.terminals)
      throw new Fault('denied', `The plan "${grant.plan}" has no interactive terminals. Use exec.`, {
        data: { rule: 'terminals', node: cmd ?? 'bash', column: 1 },
      })
    return cmd === undefined ? LOGIN : argv({ shell: cmd })
  }
  const env = (more: Readonly<Record<string, string>> | undefined) => {
    refuse(judgeEnvironment(grant, more))
    return { ...place.env, ...more }
  }
  const cwd = (path: string | undefined) => directory(jail, path)
  return {
    signal,
    exec: execPower({ signal, channel, nextStream, env, cwd, argv }),
    files: filesPower(jail),
    pty: ptyPower({ terminals, channel, nextStream, env, cwd, shell, printed }),
  }
}

function judged(judge: Judge, grant: Grant, command: Command): readonly string[] {
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
