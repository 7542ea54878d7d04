// What an attack from inside a sandbox is: a command, and how one sees that it was refused. Data for any driver; it runs nothing.
import { syscallNumbers } from '#server/fleet/seccomp/numbers.ts'

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
}

export interface Attack {
  readonly name: string
  /** Run by bash in the sandbox's /work; stdout and stderr become one text. */
  command(outside: Outside): string
  /** The whole text of a refusal. What `never` finds is a breach, whatever else is said. */
  readonly refused: RegExp
  readonly never?: RegExp
}

const NODE = '/opt/chispart/bin/node'

/** For a command that needs nothing from outside. */
export function attack(name: string, command: string, refused: RegExp, never?: RegExp): Attack {
  return { name, command: () => command, refused, ...(never && { never }) }
}

/** A program of node; it prints what it could do. */
export function script(name: string, code: string, refused: RegExp): Attack {
  return attack(name, `${NODE} -e ${quote(code)}`, refused)
}

const EPERM = 1
const numbers = syscallNumbers(process.arch === 'arm64' ? 'arm64' : 'x64')

/** A call of the kernel that the filter answers. */
export function syscall(name: string, ...args: readonly (number | string)[]): Attack {
  const words = [numbers.get(name), ...args].join(', ')
  const perl = `$r = syscall(${words}); print "$r ", $! + 0`
  return attack(`the call ${name}(${args.join(', ')})`, `perl -e ${quote(perl)}`, new RegExp(`^-1 ${EPERM}$`))
}

export function quote(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`
}

/** How programs say that they may not, or that nothing is there. */
export const NO =
  /Permission denied|Operation not permitted|No permissions|not permitted|Read-only file system|No such|Not a directory|cannot|EACCES|EPERM|EROFS|ENOENT|must be (?:root|superuser)|not found|Invalid argument/
