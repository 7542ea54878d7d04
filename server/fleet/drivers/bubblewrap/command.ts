// The exact command of a sandbox: what bwrap is told, and what stands before it. Pure: it starts and reads nothing.
import type { SandboxLimits } from '#server/fleet/driver.ts'
import { NODE } from '#server/fleet/runtime-command.ts'
import { AGENT_UID, type Toolbox } from './toolbox.ts'

/** Descriptors that the server writes to, or reads: the shell before bwrap has read `files`, and the runtime gets `given` only. */
export const FD = { files: 0, given: 3, seccomp: 4, args: 5, info: 6 } as const

export interface Paths {
  readonly control: string
  /** Undefined for a probe: an empty tmpfs stands for it. */
  readonly work: string | undefined
}

/** One top-level directory of the machine: what `/bin` and its like are here. */
export interface SystemDirectory {
  readonly path: string
  /** Target of the symbolic link it is, if it is one. */
  readonly link: string | undefined
}

const TMPFS_BYTES = 67_108_864
const SHM_BYTES = 33_554_432
const NOFILE = 4096
/** Bytes that `ulimit -f` counts as one (POSIX.1-2024, ulimit). */
const ULIMIT_BLOCK = 512
/** Addresses that Node reserves and never writes, which RLIMIT_DATA counts as if it did: with 512 MiB it does not start. */
export const NODE_RESERVES = 805_306_368

const PATH = '/opt/chispart/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/** Options for bwrap. A list of what is shown, never the whole machine with masks: the rest does not exist inside. */
export function bwrapOptions(system: readonly SystemDirectory[], tools: Toolbox, paths: Paths): string[] {
  return [
    ...[
      '--unshare-all',
      '--unshare-user',
      '--disable-userns',
      '--new-session',
      '--clearenv',
      '--cap-drop',
      'ALL',
    ],
    ...['--uid', `${AGENT_UID}`, '--gid', `${AGENT_UID}`, '--hostname', 'sandbox'],
    ...system.flatMap(({ path, link }) =>
      link === undefined ? ['--ro-bind', path, path] : ['--symlink', link, path],
    ),
    ...readOnly(tools.etc, '/etc'),
    ...['--proc', '/proc', '--dev', '/dev', ...tmpfs('/dev/shm', SHM_BYTES), '--remount-ro', '/dev'],
    ...[...tmpfs('/tmp', TMPFS_BYTES), ...tmpfs('/home/agent', TMPFS_BYTES)],
    ...readOnly(tools.node, NODE),
    ...readOnly(tools.runtime, '/opt/chispart/runtime'),
    ...npm(tools.npm),
    ...readOnly(paths.control, '/run/chispart'),
    ...(paths.work === undefined ? tmpfs('/work', TMPFS_BYTES) : ['--bind', paths.work, '/work']),
    ...['--symlink', 'work/app', '/repo', '--remount-ro', '/', '--chdir', '/work'],
    ...['--setenv', 'PATH', PATH],
    ...['--seccomp', `${FD.seccomp}`, '--info-fd', `${FD.info}`],
  ]
}

export interface Launch {
  readonly bwrap: string
  /** Host uid to become; undefined for an ordinary user's server. */
  readonly uid: number | undefined
  readonly limits: SandboxLimits
  /** Directories of the sandbox's control groups; empty when limits hold per process only. */
  readonly cgroups: readonly string[]
  readonly command: readonly string[]
}

/**
 * Program and arguments to spawn: enter the groups, read from standard input how large a file may be, become the sandbox's
 * uid, become bwrap, set limits. An input that ends without a word ends it.
 */
export function launchCommand(launch: Launch): readonly [string, ...string[]] {
  const { limits } = launch
  const user = launch.uid === undefined ? [] : become(launch.uid)
  const inner = ['/usr/bin/prlimit', `--nproc=${limits.pids}`, ...perProcess(launch), '--', ...launch.command]
  // The groups are words of their own, so that no path is ever read as shell text.
  const script = `ulimit -n ${NOFILE} && ulimit -c 0 || exit 1
n=$1; shift; while [ "$n" -gt 0 ]; do echo $$ >"$1/cgroup.procs" || exit 1; shift; n=$((n-1)); done
read -r blocks || exit 1; [ "$blocks" = unlimited ] || ulimit -f "$blocks" || exit 1; exec "$@" </dev/null`
  const head = ['sh', `${launch.cgroups.length}`, ...launch.cgroups]
  return ['/bin/sh', '-c', script, ...head, ...user, launch.bwrap, '--args', `${FD.args}`, '--', ...inner]
}

/** The line for its standard input: it stands in for a disk that has no size of its own. Undefined: as large as one likes. */
export function fileLimit(bytes: number | undefined): string {
  return `${bytes === undefined ? 'unlimited' : Math.ceil(bytes / ULIMIT_BLOCK)}\n`
}

/** RLIMIT_NPROC counts per user namespace, so it is set inside; RLIMIT_DATA stands in for groups. */
function perProcess({ cgroups, limits }: Launch): string[] {
  return cgroups.length === 0 ? [`--data=${limits.memoryBytes + NODE_RESERVES}`] : []
}

function become(uid: number): string[] {
  return ['setpriv', '--reuid', `${uid}`, '--regid', `${uid}`, '--clear-groups', '--no-new-privs', '--']
}

function readOnly(from: string, to: string): string[] {
  return ['--ro-bind', from, to]
}

function tmpfs(path: string, bytes: number): string[] {
  return ['--size', `${bytes}`, '--tmpfs', path]
}

function npm(path: string | undefined): string[] {
  if (path === undefined) return []
  const home = path.startsWith('/usr/') ? path : '/opt/chispart/npm'
  return [
    ...(home === path ? [] : readOnly(path, home)),
    ...['--symlink', `${home}/bin/npm-cli.js`, '/opt/chispart/bin/npm'],
    ...['--symlink', `${home}/bin/npx-cli.js`, '/opt/chispart/bin/npx'],
  ]
}
