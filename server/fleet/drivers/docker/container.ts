// The exact container of a sandbox, as the engine's API wants it. Pure: it starts and reads nothing.
import type { ContainerCreateOptions, HostConfig } from 'dockerode'
import type { SandboxLimits } from '#server/fleet/driver.ts'
import type { Outfit } from './reach.ts'

export interface ContainerSpec {
  readonly name: string
  readonly image: string
  readonly labels: Readonly<Record<string, string>>
  readonly limits: SandboxLimits
  /** Value for `seccomp=`: the profile itself for Docker, the path of its file for Podman. */
  readonly seccomp: string
  /** Name of an AppArmor profile that the engine's machine has loaded; undefined: what the engine takes by itself. */
  readonly apparmor: string | undefined
  readonly outfit: Outfit
  readonly command: readonly [string, ...string[]]
}

const TMPFS = 'rw,exec,nosuid,nodev,size=67108864,mode=1777'
const SHM_BYTES = 33_554_432
const NOFILE = 4096
/** Of one user on the machine. Podman would raise it to more than an engine without CAP_SYS_RESOURCE may give. */
const NPROC = 16_384
/** A quarter of what an ordinary group gets: the server answers while sandboxes burn. */
const SHARES = 256
const PERIOD_US = 100_000
/** When the machine runs out of memory, sandboxes go first. */
const OOM_SCORE = 500
const LOG_BYTES = '64k'
const PATH = '/opt/chispart/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
export const TUNNEL = '/opt/chispart/tunnel.mts'

/** The engine's own list, which ours replaces, and the directories that are nobody's business inside. */
const MASKED = [
  ...['/proc/asound', '/proc/acpi', '/proc/kcore', '/proc/keys', '/proc/latency_stats', '/proc/timer_list'],
  ...['/proc/timer_stats', '/proc/sched_debug', '/proc/scsi', '/proc/interrupts', '/sys'],
  ...['/root', '/var', '/boot', '/mnt', '/media', '/srv'],
]

/** The runtime reads its token from descriptor 3, which no child of it inherits; descriptor 0 is what an engine can fill. */
const ENTRY = 'exec 3<&0 </dev/null; exec "$@"'

/** Its types know an older API. */
type Host = HostConfig & { readonly CgroupnsMode: 'private' }

export function containerOptions(spec: ContainerSpec): ContainerCreateOptions {
  const { uid } = spec.outfit
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
    // Without a network at all an engine writes no /etc/hosts; with the one that is none it does.
    NetworkDisabled: spec.outfit.names === undefined,
    HostConfig: hostConfig(spec),
  }
}

function hostConfig({ limits, outfit, seccomp, apparmor }: ContainerSpec): Host {
  return {
    NetworkMode: 'none',
    ReadonlyRootfs: true,
    CapDrop: ['ALL'],
    SecurityOpt: [
      'no-new-privileges',
      `seccomp=${seccomp}`,
      ...(apparmor === undefined ? [] : [`apparmor=${apparmor}`]),
    ],
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
    ...diskRates(outfit),
    OomScoreAdj: OOM_SCORE,
    Ulimits: [
      { Name: 'nofile', Soft: NOFILE, Hard: NOFILE },
      { Name: 'nproc', Soft: NPROC, Hard: NPROC },
      { Name: 'core', Soft: 0, Hard: 0 },
      ...fileSize(outfit, limits),
    ],
    Tmpfs: { '/tmp': TMPFS, '/home/agent': TMPFS, ...outfit.tmpfs },
    Mounts: [...outfit.mounts],
    ...(outfit.names && {
      ExtraHosts: [...outfit.names.hosts],
      Dns: [...outfit.names.servers],
      DnsSearch: ['.'],
    }),
    // Node as process 1 would reap no orphans.
    Init: true,
    // What the runtime says when it fails, and no more of it than that.
    LogConfig: { Type: 'json-file', Config: { 'max-size': LOG_BYTES, 'max-file': '1' } },
  }
}

function diskRates({ rates }: Outfit) {
  return {
    BlkioDeviceReadBps: rates.map(({ disk, read }) => ({ Path: disk.path, Rate: read })),
    BlkioDeviceWriteBps: rates.flatMap(({ disk, write: Rate }) =>
      Rate === undefined ? [] : [{ Path: disk.path, Rate }],
    ),
  }
}

/** Where the disk has no size of its own, no file of it is larger. */
function fileSize({ unbounded }: Outfit, { diskBytes }: SandboxLimits) {
  return unbounded === undefined ? [] : [{ Name: 'fsize', Soft: diskBytes, Hard: diskBytes }]
}
