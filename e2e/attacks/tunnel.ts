// Attacks inside of a tunnel that is allowed: another name in its TLS, no TLS at all, and names whose addresses lead home.
// Data; see attack.ts.
import { attacks, NODE, quote } from './attack.ts'
import type { Attack, Outside } from './attack.ts'

/** Opens the tunnel to argv[1], then greets: says `secure`, `cut`, or what came back. */
const PROGRAM = `
const [, to, how, name] = process.argv
const ask = require('http').request({ port: 3128, host: '127.0.0.1', method: 'CONNECT', path: to, agent: false }).end()
const say = (text) => { console.log(text); process.exit() }
setTimeout(() => say('silence'), 8000)
ask.on('error', (error) => say(error.message))
ask.on('connect', (answer, socket) => {
  if (answer.statusCode !== 200) return say('refused ' + answer.statusCode + ' ' + answer.headers['x-chispart-egress'])
  socket.on('error', () => say('cut')).on('close', () => say('cut'))
  if (how === 'bytes') return socket.on('data', (bytes) => say('answer ' + bytes)).write(Buffer.from(name, 'hex'))
  require('tls').connect({ socket, servername: name, rejectUnauthorized: false }).on('error', () => say('cut')).on('secureConnect', () => say('secure'))
})`

const through = (to: string, how: 'tls' | 'bytes', name: string) =>
  `${NODE} -e ${quote(PROGRAM)} ${quote(to)} ${how} ${quote(name)}`
const hostOf = ({ listed }: Outside) => listed.slice(0, listed.lastIndexOf(':'))
const control = [(outside: Outside) => through(outside.listed, 'tls', hostOf(outside)), /^secure\n$/] as const
const CUT = /^cut\n$/

const named = (name: (outside: Outside) => string) => (outside: Outside) =>
  through(outside.listed, 'tls', name(outside))
const bytes = (text: string) => (outside: Outside) =>
  through(outside.listed, 'bytes', Buffer.from(text, 'latin1').toString('hex'))

/** Hosts that the operator trusts although they are this machine itself; see e2e/stage/attacked.ts. */
export const TRUSTED = ['localhost']

export const TUNNEL: readonly Attack[] = [
  ...attacks('SNI mismatch', [
    ['another name', named(() => 'evil.test'), CUT, { control }],
    ['a name below it', named((outside) => `evil.${hostOf(outside)}`), CUT, { control }],
    ['a name that ends so', named((outside) => `x${hostOf(outside)}`), CUT, { control }],
    ['no name', named(() => ''), CUT, { control }],
    ['plain HTTP', bytes('GET / HTTP/1.1\r\nHost: x\r\n\r\n'), CUT, { control }],
    ['SSH', bytes('SSH-2.0-OpenSSH_9.2\r\n'), CUT, { control }],
    ['an alert instead of a greeting', bytes('\x15\x03\x01\x00\x02\x02\x28'), CUT, { control }],
    ['a greeting of nothing', bytes('\x16\x03\x01\x00\x00'), CUT, { control }],
  ]),
  ...attacks(
    'rebinding',
    TRUSTED.map((host) => [
      `a trusted name that leads home: ${host}`,
      ({ canaryPort }: Outside) => through(`${host}:${canaryPort}`, 'tls', host),
      /^refused 403 denied; reason=(?:not-public|unreachable)\n$/,
      { never: /secure|answer/, control },
    ]),
  ),
]
