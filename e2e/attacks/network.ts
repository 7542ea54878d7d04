// Attacks on the way out: raw sockets, names, the metadata service, and a proxy that one would like to confuse. Data; see
// attack.ts. What happens inside of a tunnel is in tunnel.ts.
import { attacks, NO, NODE, quote } from './attack.ts'
import type { Attack, Outside } from './attack.ts'
import type { Kind } from './kinds.ts'

const UNREACHED =
  /Network is unreachable|Connection refused|unreachable|ENETUNREACH|ECONNREFUSED|EAI_AGAIN|ENOTFOUND|Temporary failure|No route|Could not resolve/i

type Where = (outside: Outside) => string

const dialing = (where: string) =>
  `timeout 5 bash -c ${quote(`exec 3<>${where} && echo x >&3 && echo reached`)}`
/** A door of its own on its own loopback, and the same way to it. */
const OWN_DOOR = `${NODE} -e ${quote(
  `require('net').createServer().listen(0, '127.0.0.1', function () { require('child_process').exec(process.argv[1].replace('PORT', this.address().port), (_, out) => { console.log(out); process.exit() }) })`,
)} ${quote(dialing('/dev/tcp/127.0.0.1/PORT'))}`

const dial = (kind: Kind, name: string, where: Where, worksOutside?: true): Attack => ({
  kind,
  name,
  command: (outside) => dialing(where(outside)),
  refused: new RegExp(`${UNREACHED.source}|${NO.source}`, 'i'),
  never: /^reached/m,
  control: { command: OWN_DOOR, allowed: /^reached/m },
  ...(worksOutside && { worksOutside }),
})

/** The proxy has answered: what it cannot read at all it may end without a word. */
const ANSWERED = /HTTP\/1\.1 [45]\d\d/

/** Bytes for the proxy; `\r\n` is written as such. */
const proxied = (kind: Kind, name: string, request: Where): Attack => ({
  kind,
  name: `the proxy: ${name}`,
  command: (outside) =>
    `timeout 20 bash -c ${quote(`exec 3<>/dev/tcp/127.0.0.1/3128; printf %b ${quote(request(outside))} >&3; timeout 15 cat <&3; echo; echo end`)}`,
  refused: ANSWERED,
  never: /HTTP\/1\.1 2\d\d|CANARY/,
})

const connect = (kind: Kind, name: string, authority: Where): Attack => ({
  ...proxied(kind, name, (outside) => {
    const to = authority(outside)
    return `CONNECT ${to} HTTP/1.1\\r\\nHost: ${to}\\r\\n\\r\\n`
  }),
  control: {
    command: (outside) => textOfConnect(outside.listed),
    allowed: /^HTTP\/1\.1 200 /,
  },
})

const textOfConnect = (to: string) =>
  `timeout 15 bash -c ${quote(`exec 3<>/dev/tcp/127.0.0.1/3128; printf %b ${quote(`CONNECT ${to} HTTP/1.1\\r\\nHost: ${to}\\r\\n\\r\\n`)} >&3; head -n1 <&3`)}`

const get = (kind: Kind, name: string, url: Where, more = ''): Attack =>
  proxied(kind, name, (outside) => `GET ${url(outside)} HTTP/1.1\\r\\nHost: x\\r\\n${more}\\r\\n`)

export const NETWORK: readonly Attack[] = [
  dial('network', "the server's own door", ({ serverPort }) => `/dev/tcp/127.0.0.1/${serverPort}`, true),
  dial('network', 'the loopback of the host', ({ canaryPort }) => `/dev/tcp/127.0.0.1/${canaryPort}`, true),
  dial(
    'network',
    'an address of the host',
    ({ canaryPort, hostAddress }) => `/dev/tcp/${hostAddress}/${canaryPort}`,
    true,
  ),
  dial('network', 'the bridge of containers', () => '/dev/tcp/172.17.0.1/80'),
  dial('IPv6', 'the loopback in IPv6', ({ canaryPort }) => `/dev/tcp/::1/${canaryPort}`),
  dial('IPv6', 'the world', () => '/dev/tcp/2606:4700:4700::1111/53'),
  dial('IPv6', 'the link', () => '/dev/tcp/fe80::1/80'),
  dial('metadata', 'the metadata service', () => '/dev/tcp/169.254.169.254/80'),
  dial('DNS', 'a name server', () => '/dev/udp/1.1.1.1/53'),
  ...attacks('DNS', [
    [
      'a name',
      'getent hosts example.org || echo "No such name"',
      /^No such name\n$/,
      { control: ['getent hosts localhost', /127\.0\.0\.1|::1/] },
    ],
    ['a resolver to be asked', 'cat /etc/resolv.conf', /No such|^(?!.*nameserver)/s, { never: /nameserver/ }],
  ]),
  ...attacks('raw sockets', [
    [
      'a raw socket',
      `perl -MSocket -e 'print socket(S, PF_INET, SOCK_RAW, 1) ? "made" : "no: $!"'`,
      /^no: .*(?:not permitted|denied)/,
      {
        control: [
          `perl -MSocket -e 'print socket(S, PF_INET, SOCK_STREAM, 0) ? "made" : "no: $!"'`,
          /^made$/,
        ],
      },
    ],
    ['a ping', 'ping -c1 -W1 127.0.0.1', NO, { never: /1 received/, rare: true }],
  ]),
  ...attacks('network', [['another interface', 'ip link add x type dummy', NO, { rare: true }]]),
  connect('proxy addresses', 'the loopback', ({ canaryPort }) => `127.0.0.1:${canaryPort}`),
  connect('proxy addresses', 'localhost', ({ canaryPort }) => `localhost:${canaryPort}`),
  connect('proxy addresses', 'localhost with a final dot', () => 'localhost.:443'),
  connect('proxy addresses', 'a decimal address', () => '2130706433:443'),
  connect('proxy addresses', 'a hexadecimal address', () => '0x7f.0x0.0x0.0x1:443'),
  connect('proxy addresses', 'an octal address', () => '0177.0.0.1:443'),
  connect('proxy addresses', 'a short address', () => '127.1:443'),
  connect('proxy addresses', 'the address of nothing', () => '0.0.0.0:443'),
  connect('proxy addresses', 'the loopback of IPv6', ({ canaryPort }) => `[::1]:${canaryPort}`),
  connect('proxy addresses', 'IPv4 in IPv6', () => '[::ffff:127.0.0.1]:443'),
  connect('proxy addresses', 'IPv4 behind NAT64', () => '[64:ff9b::7f00:1]:443'),
  connect('metadata', 'the metadata service', () => '169.254.169.254:80'),
  connect('metadata', 'the metadata service by name', () => 'metadata.google.internal:443'),
  connect('metadata', 'the metadata service as a number', () => '2852039166:443'),
  connect('metadata', 'the metadata service in IPv6', () => '[fd00:ec2::254]:443'),
  connect('proxy addresses', 'a host in full-width letters', () => 'ｌｏｃａｌｈｏｓｔ:443'),
  connect('proxy addresses', 'a percent-encoded host', () => '%6cocalhost:443'),
  connect('rebinding', 'a host that leads home', () => '127.0.0.1.nip.io:443'),
  connect('proxy smuggling', 'a user before the host', ({ listed }) => `${hostOf(listed)}@127.0.0.1:443`),
  connect('proxy addresses', 'a port of another protocol', ({ listed }) => `${hostOf(listed)}:22`),
  connect('proxy addresses', 'a port out of range', ({ listed }) => `${hostOf(listed)}:65979`),
  connect(
    'proxy addresses',
    'a host that ends as a listed one',
    ({ listed }) => `evil-${hostOf(listed)}:443`,
  ),
  connect('proxy addresses', 'a host below a listed one', ({ listed }) => `evil.${hostOf(listed)}:443`),
  connect('proxy addresses', 'a listed one below a host', ({ listed }) => `${hostOf(listed)}.evil.test:443`),
  connect('proxy addresses', 'an empty host', () => ':443'),
  connect('proxy smuggling', 'a NUL in the host', ({ listed }) => `${hostOf(listed)}\\0.evil.test:443`),
  get('proxy addresses', 'the loopback in plain HTTP', ({ canaryPort }) => `http://127.0.0.1:${canaryPort}/`),
  get(
    'proxy addresses',
    'an address of the host',
    ({ canaryPort, hostAddress }) => `http://${hostAddress}:${canaryPort}/`,
  ),
  get('metadata', 'the metadata service in plain HTTP', () => 'http://169.254.169.254/latest/meta-data/'),
  get('proxy smuggling', 'a file', () => 'file:///etc/passwd'),
  get('proxy smuggling', 'another scheme', () => 'gopher://127.0.0.1:70/'),
  get('proxy smuggling', 'a path without a host', () => '/etc/passwd'),
  get(
    'proxy smuggling',
    'an upgrade',
    () => 'http://127.0.0.1/',
    'Upgrade: websocket\\r\\nConnection: Upgrade\\r\\n',
  ),
  get(
    'proxy smuggling',
    'two lengths',
    () => 'http://127.0.0.1/',
    'Content-Length: 5\\r\\nContent-Length: 6\\r\\n',
  ),
  get(
    'proxy smuggling',
    'a length and chunks',
    () => 'http://127.0.0.1/',
    'Content-Length: 5\\r\\nTransfer-Encoding: chunked\\r\\n',
  ),
  get(
    'proxy smuggling',
    'a blank before the colon',
    () => 'http://127.0.0.1/',
    'Transfer-Encoding : chunked\\r\\n',
  ),
  get('proxy smuggling', 'a folded header', () => 'http://127.0.0.1/', 'A: b\\r\\n c: d\\r\\n'),
  get(
    'proxy smuggling',
    'a second request behind the first',
    ({ canaryPort }) => `http://127.0.0.1/ HTTP/1.1\\r\\n\\r\\nGET http://127.0.0.1:${canaryPort}/`,
  ),
  get(
    'proxy smuggling',
    'a listed host in the head and another in the line',
    ({ canaryPort }) => `http://127.0.0.1:${canaryPort}/`,
    'Host: registry.npmjs.org\\r\\n',
  ),
  proxied('proxy smuggling', 'no protocol at all', () => 'SSH-2.0-x\\r\\n'),
  proxied('proxy smuggling', 'bytes of TLS', () => '\\x16\\x03\\x01\\x00\\x05hello'),
  proxied(
    'proxy smuggling',
    'a head without end',
    () => `GET http://127.0.0.1/ HTTP/1.1\\r\\nA: ${'x'.repeat(20_000)}`,
  ),
]

function hostOf(listed: string): string {
  return listed.slice(0, listed.lastIndexOf(':'))
}
