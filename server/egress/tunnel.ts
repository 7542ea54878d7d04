// A tunnel of CONNECT: it opens only for TLS to the host that was asked for. It never decrypts.
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { pour } from '#runtime/pour.ts'
import { ESTABLISHED } from './answer.ts'
import { helloReader } from './client-hello.ts'
import { hostName } from './host.ts'
import type { EgressLimits } from './limits.ts'
import { quoted, refuse } from './rules.ts'
import type { Refusal, Target } from './rules.ts'

export interface Greeting {
  /** All that the client sent so far. */
  readonly bytes: Buffer
  readonly name: string | undefined
}

type HelloLimits = Pick<EgressLimits, 'helloMs' | 'helloBytes'>

/** Says 200, and judges the ClientHello before the host hears a byte. `head`: what came with the CONNECT. */
export async function greet(
  client: Duplex,
  head: Buffer,
  { host }: Pick<Target, 'host'>,
  limits: HelloLimits,
): Promise<Greeting | Refusal> {
  client.write(ESTABLISHED)
  const hello = await readHello(client, head, limits)
  if ('reason' in hello || (hello.name !== undefined && hostName(hello.name) === host)) return hello
  return refuse('sni', `TLS asks for ${quoted(hello.name ?? '')} in a tunnel to ${host}.`)
}

/** The two ends are one line from now on. */
export function splice(client: Duplex, { bytes }: Greeting, host: Socket): void {
  host.write(bytes)
  client.pipe(host)
  pour(host, client)
}

function readHello(client: Duplex, head: Buffer, limits: HelloLimits): Promise<Greeting | Refusal> {
  const { promise, resolve } = Promise.withResolvers<Greeting | Refusal>()
  const read = helloReader()
  const chunks: Buffer[] = []
  let size = 0

  const settle = (outcome: Greeting | Refusal) => {
    clearTimeout(late)
    client.off('data', take).off('end', gone).off('close', gone)
    client.pause()
    resolve(outcome)
  }
  const gone = () => settle(refuse('tls', 'The client left before its TLS began.'))
  const late = setTimeout(() => settle(refuse('tls', 'No TLS began in time.')), limits.helloMs)
  const take = (chunk: Buffer) => {
    chunks.push(chunk)
    size += chunk.length
    const hello = size > limits.helloBytes ? { state: 'invalid' as const } : read(chunk)
    if (hello.state === 'read') settle({ bytes: Buffer.concat(chunks), name: hello.name })
    if (hello.state === 'invalid') settle(refuse('tls', 'Only TLS passes through a tunnel.'))
  }

  client.on('data', take).once('end', gone).once('close', gone)
  if (head.length > 0) take(head)
  return promise
}
