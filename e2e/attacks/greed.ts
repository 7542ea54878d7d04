// Attacks on what all share: processes, memory, disk, inodes, descriptors, sockets and the server's attention. Each ends by
// itself or by its timeout. Data; see attack.ts.
import { quote } from './attack.ts'

export interface Greed {
  readonly name: string
  readonly command: string
  /** Milliseconds until the call is cut. */
  readonly timeout: number
}

const NODE = '/opt/chispart/bin/node'
const node = (code: string) => `${NODE} -e ${quote(code)}`
const greed = (name: string, command: string, timeout = 2500): Greed => ({ name, command, timeout })

const CONNECTIONS = (path: string) => `
  const net = require('net'); let open = 0, cut = 0
  for (let n = 0; n < 1500; n++) net.connect(${path}).on('connect', () => open++).on('close', () => cut++).on('error', () => {})
  setTimeout(() => { console.log(open, cut); process.exit() }, 1500)`

export const GREED: readonly Greed[] = [
  greed('a fork bomb', 'bomb() { bomb | bomb & }; bomb; sleep 2', 2000),
  greed(
    'a bomb of threads',
    node(
      `const { Worker } = require('worker_threads'); for (let n = 0; n < 2000; n++) new Worker('setInterval(()=>{},9)', { eval: true }).on('error', () => {})`,
    ),
    2000,
  ),
  greed(
    'children that nobody waits for',
    "perl -e 'for (1 .. 5000) { $p = fork; exit if defined $p && !$p } sleep 1'",
  ),
  greed('memory', `perl -e '$kept[$_] = "x" x (1 << 28) for 1 .. 40'`, 10_000),
  greed('memory that looks like a file', 'head -c 8G /dev/zero >/dev/shm/fill; rm -f /dev/shm/fill'),
  greed('the temporary disk', 'head -c 3G /dev/zero >/tmp/fill; rm -f /tmp/fill'),
  greed('depth of folders', `perl -e 'mkdir("d"), chdir("d") or exit for 1 .. 20_000'; true`),
  greed('descriptors', `perl -e 'open $f[$_], "<", "/dev/null" or exit for 1 .. 1_000_000'`),
  greed('terminals', `perl -e 'open $f[$_], "+<", "/dev/ptmx" or exit for 1 .. 100_000; sleep 1'`),
  greed(
    'shared memory of System V',
    `for n in {1..3000}; do ipcmk -M 1048576 >/dev/null || break; done; true`,
  ),
  greed(
    'pipes with large buffers',
    `perl -e 'pipe($r[$_], $w[$_]), fcntl($w[$_], 1031, 1 << 20) for 1 .. 2000; sleep 1'`,
  ),
  greed('the processor', 'for n in {1..32}; do (while :; do :; done) & done; sleep 2; kill $(jobs -p)', 2500),
  greed('the log', 'timeout 2 yes "$(head -c 4000 /dev/zero | tr "\\0" x)"; true', 4000),
  greed('the log, by both ways at once', 'timeout 2 yes >&2 & timeout 2 yes; true', 4000),
  greed("connections to the server's socket", node(CONNECTIONS(`'/run/chispart/host.sock'`))),
  greed('connections to the way out', node(CONNECTIONS(`'/run/chispart/egress.sock'`))),
  greed('connections to the proxy', node(CONNECTIONS('{ host: "127.0.0.1", port: 3128 }'))),
  greed(
    'refused requests',
    node(
      `const net = require('net'); let n = 0; const again = () => { if (n++ > 3000) return; net.connect(3128, '127.0.0.1', function () { this.write('CONNECT evil.test:443 HTTP/1.1\\r\\n\\r\\n') }).on('data', () => {}).on('close', again).on('error', () => {}) }; for (let c = 0; c < 30; c++) again()`,
    ),
  ),
  greed(
    'the disk',
    'fallocate -l 50G /work/fill; head -c 200M /dev/zero >/work/more; rm -f /work/fill /work/more',
  ),
  greed(
    'inodes',
    `mkdir -p /work/many; cd /work/many; perl -e 'for (1 .. 2_000_000) { open F, ">", $_ or exit }'`,
    3000,
  ),
]
