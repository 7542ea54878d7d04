// Attacks on the way out: raw sockets, names, the metadata service, and a proxy that one would like to confuse. Data; see
// attack.ts. What needs a host that is listed (SNI, rebinding) is attacked in server/egress/proxy.test.ts.
import { attack, NO, quote } from './attack.ts'
import type { Attack, Outside } from './attack.ts'

const UNREACHED =
  /Network is unreachable|Connection refused|unreachable|ENETUNREACH|ECONNREFUSED|EAI_AGAIN|ENOTFOUND|Temporary failure|No route|Could not resolve/i

const dial = (name: string, where: (outside: Outside) => string): Attack => ({
  name,
  command: (outside) =>
    `timeout 5 bash -c ${quote(`exec 3<>${where(outside)} && echo x >&3 && echo reached`)}`,
  refused: new RegExp(`${UNREACHED.source}|${NO.source}`, 'i'),
  never: /^reached/m,
})

/** The proxy has answered: what it cannot read at all it may end without a word. */
const ANSWERED = /HTTP\/1\.1 [45]\d\d/

/** Bytes for the proxy; `\r\n` is written as such. */
const proxied = (name: string, request: (outside: Outside) => string): Attack => ({
  name: `the proxy: ${name}`,
  command: (outside) =>
    `timeout 8 bash -c ${quote(`exec 3<>/dev/tcp/127.0.0.1/3128; printf %b ${quote(request(outside))} >&3; timeout 3 cat <&3; echo; echo end`)}`,
  refused: ANSWERED,
  never: /HTTP\/1\.1 2\d\d|CANARY/,
})

const connect = (name: string, authority: (outside: Outside) => string): Attack =>
  proxied(name, (outside) => {
    const to = authority(outside)
    return `CONNECT ${to} HTTP/1.1\\r\\nHost: ${to}\\r\\n\\r\\n`
  })

const get = (name: string, url: (outside: Outside) => string, more = ''): Attack =>
  proxied(name, (outside) => `GET ${url(outside)} HTTP/1.1\\r\\nHost: x\\r\\n${more}\\r\\n`)

export const NETWORK: readonly Attack[] = [
  dial("the server's own door", ({ serverPort }) => `/dev/tcp/127.0.0.1/${serverPort}`),
  dial('the loopback of the host', ({ canaryPort }) => `/dev/tcp/127.0.0.1/${canaryPort}`),
  dial('an address of the host', ({ canaryPort, hostAddress }) => `/dev/tcp/${hostAddress}/${canaryPort}`),
  dial('the loopback in IPv6', ({ canaryPort }) => `/dev/tcp/::1/${canaryPort}`),
  dial('IPv6 of the world', () => '/dev/tcp/2606:4700:4700::1111/53'),
  dial('IPv6 of the link', () => '/dev/tcp/fe80::1/80'),
  dial('the metadata service', () => '/dev/tcp/169.254.169.254/80'),
  dial('the bridge of containers', () => '/dev/tcp/172.17.0.1/80'),
  dial('a name server', () => '/dev/udp/1.1.1.1/53'),
  attack('a name', 'getent hosts example.org || echo "No such name"', /No such name/),
  attack(
    'a raw socket',
    `perl -MSocket -e 'print socket(S, PF_INET, SOCK_RAW, 1) ? "made" : "no: $!"'`,
    /^no: .*(?:not permitted|denied)/,
  ),
  attack('a ping', 'ping -c1 -W1 127.0.0.1', NO, /1 received/),
  attack('another interface', 'ip link add x type dummy', NO),
  attack(
    'the abstract sockets of the host',
    'grep -c "@/" /proc/net/unix; grep "@/" /proc/net/unix | grep -v chispart; echo "No such socket"',
    /^\d+\nNo such socket/,
  ),
  connect('the loopback', ({ canaryPort }) => `127.0.0.1:${canaryPort}`),
  connect('localhost', ({ canaryPort }) => `localhost:${canaryPort}`),
  connect('localhost with a final dot', () => 'localhost.:443'),
  connect('a decimal address', () => '2130706433:443'),
  connect('a hexadecimal address', () => '0x7f.0x0.0x0.0x1:443'),
  connect('an octal address', () => '0177.0.0.1:443'),
  connect('a short address', () => '127.1:443'),
  connect('the address of nothing', () => '0.0.0.0:443'),
  connect('the loopback of IPv6', ({ canaryPort }) => `[::1]:${canaryPort}`),
  connect('IPv4 in IPv6', () => '[::ffff:127.0.0.1]:443'),
  connect('IPv4 behind NAT64', () => '[64:ff9b::7f00:1]:443'),
  connect('the metadata service', () => '169.254.169.254:80'),
  connect('the metadata service by name', () => 'metadata.google.internal:443'),
  connect('the metadata service as a number', () => '2852039166:443'),
  connect('a host in full-width letters', () => 'ｌｏｃａｌｈｏｓｔ:443'),
  connect('a percent-encoded host', () => '%6cocalhost:443'),
  connect('a host that leads home', () => '127.0.0.1.nip.io:443'),
  connect('a user before the host', () => 'registry.npmjs.org@127.0.0.1:443'),
  connect('a port of another protocol', () => 'registry.npmjs.org:22'),
  connect('a port out of range', () => 'registry.npmjs.org:65979'),
  connect('a host that ends as a listed one', () => 'evil-registry.npmjs.org:443'),
  connect('an empty host', () => ':443'),
  connect('a NUL in the host', () => 'registry.npmjs.org\\0.evil.test:443'),
  get('the loopback in plain HTTP', ({ canaryPort }) => `http://127.0.0.1:${canaryPort}/`),
  get('an address of the host', ({ canaryPort, hostAddress }) => `http://${hostAddress}:${canaryPort}/`),
  get('the metadata service in plain HTTP', () => 'http://169.254.169.254/latest/meta-data/'),
  get('a file', () => 'file:///etc/passwd'),
  get('another scheme', () => 'gopher://127.0.0.1:70/'),
  get('a path without a host', () => '/etc/passwd'),
  get('an upgrade', () => 'http://127.0.0.1/', 'Upgrade: websocket\\r\\nConnection: Upgrade\\r\\n'),
  get('two lengths', () => 'http://127.0.0.1/', 'Content-Length: 5\\r\\nContent-Length: 6\\r\\n'),
  get(
    'a length and chunks',
    () => 'http://127.0.0.1/',
    'Content-Length: 5\\r\\nTransfer-Encoding: chunked\\r\\n',
  ),
  get('a blank before the colon', () => 'http://127.0.0.1/', 'Transfer-Encoding : chunked\\r\\n'),
  get('a folded header', () => 'http://127.0.0.1/', 'A: b\\r\\n c: d\\r\\n'),
  get(
    'a second request behind the first',
    ({ canaryPort }) => `http://127.0.0.1/ HTTP/1.1\\r\\n\\r\\nGET http://127.0.0.1:${canaryPort}/`,
  ),
  proxied('no protocol at all', () => 'SSH-2.0-x\\r\\n'),
  proxied('bytes of TLS', () => '\\x16\\x03\\x01\\x00\\x05hello'),
  proxied('a head without end', () => `GET http://127.0.0.1/ HTTP/1.1\\r\\nA: ${'x'.repeat(20_000)}`),
]
