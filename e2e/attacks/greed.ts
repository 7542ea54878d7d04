// Attacks on what all share: processes, memory, disk, inodes, descriptors, sockets and the server's attention. Each ends by
// itself or by its timeout. Data; see attack.ts.
import type { Quota } from '#dsl/policy/quota.ts'
import { NODE, quote } from './attack.ts'
import type { Kind } from './kinds.ts'

export interface Greed {
  readonly kind: Kind
  readonly name: string
  readonly command: string
  /** Milliseconds until the call is cut. */
  readonly timeout: number
}

const node = (code: string) => `${NODE} -e ${quote(code)}`
const greed = (kind: Kind, name: string, command: string, timeout = 2500): Greed => ({
  kind,
  name,
  command,
  timeout,
})

const CONNECTIONS = (path: string) => `
  const net = require('net'); let open = 0, cut = 0
  for (let n = 0; n < 1500; n++) net.connect(${path}).on('connect', () => open++).on('close', () => cut++).on('error', () => {})
  setTimeout(() => { console.log(open, cut); process.exit() }, 1000)`

export const GREED: readonly Greed[] = [
  greed('fork bomb', 'a fork bomb', 'bomb() { bomb | bomb & }; bomb; sleep 1', 1200),
  greed(
    'fork bomb',
    'a bomb of threads',
    node(
      `const { Worker } = require('worker_threads'); for (let n = 0; n < 2000; n++) new Worker('setInterval(()=>{},9)', { eval: true }).on('error', () => {})`,
    ),
    1500,
  ),
  greed(
    'fork bomb',
    'children that nobody waits for',
    "perl -e 'for (1 .. 5000) { $p = fork; exit if defined $p && !$p }'",
  ),
  greed('memory', 'memory', `perl -e '$kept[$_] = "x" x (1 << 24) for 1 .. 640'`, 10_000),
  greed(
    'memory',
    'memory that looks like a file',
    'head -c 8G /dev/zero >/dev/shm/fill; rm -f /dev/shm/fill',
  ),
  greed('disk', 'the temporary disk', 'head -c 3G /dev/zero >/tmp/fill; rm -f /tmp/fill'),
  greed('inodes', 'depth of folders', `perl -e 'mkdir("d"), chdir("d") or exit for 1 .. 20_000'; true`),
  greed('descriptors', 'descriptors', `perl -e 'open $f[$_], "<", "/dev/null" or exit for 1 .. 1_000_000'`),
  greed('descriptors', 'terminals', `perl -e 'open $f[$_], "+<", "/dev/ptmx" or exit for 1 .. 100_000'`),
  greed(
    'memory',
    'shared memory of System V',
    `for n in {1..3000}; do ipcmk -M 1048576 >/dev/null || break; done; true`,
  ),
  greed(
    'memory',
    'pipes with large buffers',
    `perl -e 'pipe($r[$_], $w[$_]), fcntl($w[$_], 1031, 1 << 20) for 1 .. 2000'`,
  ),
  greed(
    'processor',
    'the processor',
    'for n in {1..32}; do (while :; do :; done) & done; sleep 2; kill $(jobs -p)',
    2500,
  ),
  greed('log flood', 'the log', 'timeout 1 yes "$(head -c 4000 /dev/zero | tr "\\0" x)"; true', 4000),
  greed('log flood', 'the log, by both ways at once', 'timeout 1 yes >&2 & timeout 1 yes; true', 4000),
  greed('sockets', "connections to the server's socket", node(CONNECTIONS(`'/run/chispart/host.sock'`))),
  greed('sockets', 'connections to the way out', node(CONNECTIONS(`'/run/chispart/egress.sock'`))),
  greed('sockets', 'connections to the proxy', node(CONNECTIONS('{ host: "127.0.0.1", port: 3128 }'))),
  greed(
    'log flood',
    'refused requests',
    node(
      `const net = require('net'); let n = 0; const again = () => { if (n++ > 3000) return; net.connect(3128, '127.0.0.1', function () { this.write('CONNECT evil.test:443 HTTP/1.1\\r\\n\\r\\n') }).on('data', () => {}).on('close', again).on('error', () => {}) }; for (let c = 0; c < 30; c++) again()`,
    ),
  ),
  greed(
    'disk',
    'the disk',
    'fallocate -l 50G /work/fill; head -c 200M /dev/zero >/work/more; rm -f /work/fill /work/more',
  ),
  greed(
    'inodes',
    'inodes',
    `mkdir -p /work/many; cd /work/many; perl -e 'for (1 .. 2_000_000) { open F, ">", $_ or exit }'`,
    3000,
  ),
]

/** What a plan's own numbers stop, measured inside. Each prints numbers of which `taken` makes one; it runs alone. */
export interface Limit {
  readonly kind: Kind
  readonly name: string
  command(quota: Quota): string
  taken(said: string): number
  /** More than this was taken, so that it was the limit that stopped it. */
  readonly least: number
  most(quota: Quota): number
  /** Only where the server may set it: as root. */
  readonly asRoot: boolean
}

const last = (said: string) => Number(said.trim().split(/\s+/).at(-1))
const MIB = 1_048_576

export const LIMITS: readonly Limit[] = [
  {
    kind: 'fork bomb',
    name: 'processes',
    command: () =>
      `perl -e 'for (1 .. 5000) { last if time - $^T > 15; $p = fork; last if !defined $p; if (!$p) { sleep 60; exit } push @k, $p } print scalar @k; kill 9, @k'`,
    taken: last,
    least: 20,
    most: ({ pids }) => pids,
    asRoot: false,
  },
  {
    kind: 'memory',
    name: 'MiB of memory',
    command: ({ memoryMiB }) =>
      `perl -e '$| = 1; for (1 .. ${memoryMiB / 8}) { exit if time - $^T > 15; $kept[$_] = "x" x (1 << 24); print "m", 16 * $_, " " }'`,
    taken: (said) => Number([...said.matchAll(/m(\d+) /g)].at(-1)?.[1]),
    least: 100,
    most: ({ memoryMiB }) => memoryMiB,
    asRoot: false,
  },
  {
    kind: 'disk',
    name: 'MiB of disk',
    command: ({ diskMiB }) => `fallocate -l ${diskMiB}M all 2>/dev/null; stat -c %b all; rm -f all`,
    // Blocks of 512 bytes: what was there until there was no more.
    taken: (said) => (last(said) * 512) / MIB,
    least: 100,
    most: ({ diskMiB }) => diskMiB,
    asRoot: true,
  },
  {
    kind: 'inodes',
    name: 'inodes',
    command: () => 'df --output=itotal . | tail -1',
    taken: last,
    least: 1000,
    // One for 8 KiB: see server/fleet/volume.
    most: ({ diskMiB }) => (diskMiB * MIB) / 8192,
    asRoot: true,
  },
  {
    kind: 'processor',
    name: 'cores',
    command: () =>
      `b=\${EPOCHREALTIME/./}; for n in 1 2 3 4 5 6; do timeout 1 bash -c 'while :; do :; done' & done; wait; e=\${EPOCHREALTIME/./}; times >spent; perl -e 'open F, "spent"; <F>; <F> =~ /(\\d+)m([\\d.]+)s (\\d+)m([\\d.]+)s/; print 1e6 * ($1 * 60 + $2 + $3 * 60 + $4) / ($ARGV[1] - $ARGV[0])' $b $e`,
    taken: last,
    least: 0.05,
    // The last period of the quota is not over when the clock stops.
    most: ({ cpus }) => cpus * 1.25 + 0.1,
    asRoot: true,
  },
]
