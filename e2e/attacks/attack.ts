// What an attack from inside a sandbox is: a command, and how one sees that it was refused. Data for any driver; it runs nothing.
import { syscallNumbers } from '#server/fleet/seccomp/numbers.ts'
import type { Kind } from './kinds.ts'

/** What the attacker is told about the outside, so that a refusal is the sandbox's doing and not bad luck. */
export interface Outside {
  readonly serverPid: number
  /** Of the server's own door, on the loopback of the host. */
  readonly serverPort: number
  /** A port of the host, on every interface, whose every connection is counted. */
  readonly canaryPort: number
  /** An address of the host that is no loopback; the loopback's where there is none. */
  readonly hostAddress: string
  /** A file of the host that everybody may read, and what it holds. */
  readonly hostFile: string
  readonly hostText: string
  /** The host's path of all sandboxes' files. */
  readonly dataDir: string
  readonly neighbour: Neighbour
  /** `host:port` that the egress list holds, and that answers in TLS. */
  readonly listed: string
}

/** Another workspace, with everything in it that one could wish to reach. */
export interface Neighbour {
  readonly id: string
  /** Of its sleeping process, as the host counts. */
  readonly pid: number
  /** On its own loopback. */
  readonly port: number
}

type Command = string | ((outside: Outside) => string)

/** The nearest thing that is allowed: it shows that the attack fails by what it wants and not by how it asks. */
export interface Control {
  readonly command: Command
  readonly allowed: RegExp
}

export interface Attack {
  readonly kind: Kind
  readonly name: string
  /** Run by bash in the sandbox's /work; stdout and stderr become one text. */
  readonly command: Command
  /** The whole text of a refusal. What `never` finds is a breach, whatever else is said. */
  readonly refused: RegExp
  readonly never?: RegExp
  readonly control?: Control
  /** On the host itself, where nothing holds it, this must be a breach. */
  readonly worksOutside?: true
  /** Not every machine has the program; without it there is no attack. */
  readonly rare?: true
}

type More = Pick<Attack, 'never' | 'worksOutside' | 'rare'> & {
  readonly control?: readonly [command: Command, allowed: RegExp]
}

/** Several of one kind. */
export function attacks(
  kind: Kind,
  list: readonly (readonly [name: string, command: Command, refused: RegExp, more?: More])[],
): readonly Attack[] {
  return list.map(([name, command, refused, { control, ...more } = {}]) => ({
    kind,
    name,
    command,
    refused,
    ...more,
    ...(control && { control: { command: control[0], allowed: control[1] } }),
  }))
}

export const textOf = (command: Command, outside: Outside) =>
  `export LC_ALL=C; ${typeof command === 'string' ? command : command(outside)}`

/** A shell says so of what is not there: nothing was tried, and nothing refused. */
const MISSING = /: (?:command )?not found/

/** Undefined when the sandbox refused it; else what it did instead. */
export function breachOf(
  { refused, never, rare }: Attack,
  said: string,
  { hostText }: Outside,
): string | undefined {
  if (said.includes(hostText)) return `reached the host: ${said}`
  if (never?.test(said) === true) return `succeeded: ${said}`
  if (MISSING.test(said)) return rare === true ? undefined : `was not tried: ${said}`
  return refused.test(said) ? undefined : `was not refused: ${said}`
}

export const NODE = '/opt/chispart/bin/node'

export function quote(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`
}

const EPERM = 1
const numbers = syscallNumbers(process.arch === 'arm64' ? 'arm64' : 'x64')

const call = (name: string, args: readonly (number | string)[]) =>
  `perl -e ${quote(`$r = syscall(${[numbers.get(name), ...args].join(', ')}); print "$r ", $! + 0`)}`

/** Calls of the kernel that the filter answers; the same way of asking finds one that it lets through. */
export function syscalls(
  kind: Kind,
  list: readonly (readonly [name: string, ...args: (number | string)[]])[],
  allowed: readonly [name: string, ...args: (number | string)[]] = ['getpid'],
): readonly Attack[] {
  const [other, ...otherArgs] = allowed
  return list.map(([name, ...args]) => ({
    kind,
    name: `the call ${name}(${args.join(', ')})`,
    command: call(name, args),
    refused: new RegExp(`^-1 ${EPERM}$`),
    control: { command: call(other, otherArgs), allowed: /^\d+ 0$/ },
  }))
}

/** How programs say that they may not, or that nothing is there. */
export const NO =
  /Permission denied|Operation not permitted|No permissions|not permitted|Read-only file system|No such|Not a directory|cannot|EACCES|EPERM|EROFS|ENOENT|must be (?:root|superuser)|Invalid argument/
