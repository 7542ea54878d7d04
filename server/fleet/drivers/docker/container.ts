// The exact container of a sandbox, as the engine's API wants it. Pure: it starts and reads nothing.
import type { ContainerCreateOptions, HostConfig } from 'dockerode'
import type { SandboxLimits } from '#server/fleet/driver.ts'
import type { Paths } from './paths.ts'

export interface ContainerSpec {
  readonly name: string
  readonly image: string
  readonly labels: Readonly<Record<string, string>>
  /** uid and gid of every process, as the container counts them. */
  readonly uid: number
  readonly limits: SandboxLimits
  /** Value for `seccomp=`: the profile itself for Docker, the path of its file for Podman. */
  readonly seccomp: string
  readonly paths: Paths
  readonly command: readonly [string, ...string[]]
}

const TMPFS = 'rw,exec,nosuid,nodev,size=67108864,mode=1777'
const SHM_BYTES = 33_554_432
const NOFILE = 4096
/** A quarter of what an ordinary group gets: the server answers while sandboxes burn. */
const SHARES = 256
const PERIOD_US = 100_000
/** When the machine runs out of memory, sandboxes go first. */
const OOM_SCORE = 500
const LOG_BYTES = '64k'
const PATH = '/opt/chispart/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
export const NODE = '/opt/chispart/bin/node'
export const MAIN = '/opt/chispart/runtime/main.js'

/** The engine's own list, which ours replaces, and the directories that are nobody's business inside. */
const MASKED = [
  ...['/proc/asound', '/proc/acpi', '/proc/kcore', '/proc/keys', '/proc/latency_stats', '/proc/timer_list'],
  ...['/proc/timer_stats', '/proc/sched_debug', '/proc/scsi', '/proc/interrupts', '/sys'],
  ...['/root', '/var', '/boot', '/mnt', '/media', '/srv'],
]

/**
 * The runtime reads its token from descriptor 3, which no child of it inherits; descriptor 0 is what an engine can fill.
 * What is exported here stands in the runtime's environment, which nobody may read, and not in that of process 1.
 */
const ENTRY = 'exec 3<&0 </dev/null; export CHISPART_CONTROL=/run/chispart CHISPART_ROOT=/work; exec "$@"'

/** Its types know an older API. */
type Host = HostConfig & { readonly CgroupnsMode: 'private' }

export function containerOptions(spec: ContainerSpec): ContainerCreateOptions {
  const { uid } = spec
  return {
    name: spec.name,
    Image: spec.image,
    Labels: { ...spec.labels },
    Hostname: 'sandbox',
    User: `${uid}:${uid}`,
    WorkingDir: '/work',
    Env: [`PATH=${PATH}`],
    Entrypoint: ['/bin/sh', '-c', ENTRY, 'sh'],
    Cmd: [...spec.command],
    // Open for one writer, once: when it has gone, nobody can say anything to process 1 any more.
    OpenStdin: true,
    StdinOnce: true,
    // What a base may ask to be run regularly is not the sandbox's own.
    Healthcheck: { Test: ['NONE'] },
    NetworkDisabled: true,
    HostConfig: hostConfig(spec),
  }
}

function hostConfig({ limits, paths, seccomp }: ContainerSpec): Host {
  return {
    NetworkMode: 'none',
    ReadonlyRootfs: true,
    CapDrop: ['ALL'],
    SecurityOpt: ['no-new-privileges', `seccomp=${seccomp}`],
    MaskedPaths: MASKED,
    IpcMode: 'private',
    CgroupnsMode: 'private',
    ShmSize: SHM_BYTES,
    Memory: limits.memoryBytes,
    // Equal to the memory: no swap.
    MemorySwap: limits.memoryBytes,
    // Not NanoCpus: an engine refuses more of them than the machine has, and a plan may say so.
    CpuPeriod: PERIOD_US,
    CpuQuota: Math.round(limits.cpus * PERIOD_US),
    CpuShares: SHARES,
    PidsLimit: limits.pids,
    OomScoreAdj: OOM_SCORE,
    Ulimits: [
      { Name: 'nofile', Soft: NOFILE, Hard: NOFILE },
      { Name: 'core', Soft: 0, Hard: 0 },
    ],
    Tmpfs: { '/tmp': TMPFS, '/home/agent': TMPFS },
    Mounts: [
      bind(paths.control, '/run/chispart', true),
      bind(paths.passwd, '/etc/passwd', true),
      bind(paths.group, '/etc/group', true),
      bind(paths.hosts, '/etc/hosts', true),
      bind(paths.work, '/work', false),
    ],
    // Node as process 1 would reap no orphans.
    Init: true,
    // What the runtime says when it fails, and no more of it than that.
    LogConfig: { Type: 'json-file', Config: { 'max-size': LOG_BYTES, 'max-file': '1' } },
  }
}

function bind(source: string, target: string, isReadOnly: boolean) {
  return {
    Type: 'bind' as const,
    Source: source,
    Target: target,
    ReadOnly: isReadOnly,
    BindOptions: { Propagation: 'rprivate' as const },
  }
}
