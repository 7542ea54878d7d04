// `chispart rpc`: the wire by hand. Lines of standard input are frames, frames are lines of standard output; a frame of
// bytes is {"stream": n, "bytes": "base64"} either way. It says nothing of its own on standard output.
import { createInterface } from 'node:readline'
import { Command } from 'commander'
import type { WebSocket } from 'ws'
import { z } from 'zod'
import { Fault } from '#dsl/fault.ts'
import { FRAME_HEADER, framePayload, frameStream, packFrame } from '#dsl/wire/frame.ts'
import type { Config } from '#cli/config.ts'
import type { Globals } from '#cli/derive.ts'
import type { Endpoint } from '#cli/endpoint.ts'
import { printLine } from '#cli/print.ts'
import { endpointOf } from '#cli/session.ts'
import { closeFault, closeSocket, openSocket } from '#cli/socket.ts'

const BytesLine = z.strictObject({ stream: z.int().min(1), bytes: z.base64() })
/** What is answered: a call, a tool call, a ping. Stream frames and cancels are not. */
const ASKS = ['op', 'tool', 'ping']

const HELP = `
It ends when standard input has ended and every call is answered:
  echo '{"op":"exec","cmd":"git status"}' | chispart rpc
Without --raw, a call gets an id when it has none, so that many can be in flight, and the bytes of a stream
get credit as they are written out. With --raw nothing is added: every line goes as it is, broken ones too.`

export function rpcCommand(config: Config): Command {
  const command = new Command('rpc')
  return command
    .description('Send and print raw frames, a line each')
    .option('--raw', 'Add nothing: no ids, no credit')
    .addHelpText('after', HELP)
    .action(async () => {
      const options = command.optsWithGlobals<Globals & { raw?: boolean }>()
      const endpoint = endpointOf(options, config)
      await converse(await openSocket(endpoint), endpoint, options.raw ?? false)
    })
}

/** Faults: what the other side closes the connection with before all is answered. */
async function converse(socket: WebSocket, { url }: Endpoint, raw: boolean): Promise<void> {
  const input = createInterface({ input: process.stdin })
  const closed = Promise.withResolvers<Fault>()
  let waiting = 0
  let ids = 0
  let ended = false

  const leave = () => ended && waiting === 0 && closeSocket(socket)
  input.on('line', (line) => {
    if (line.trim() === '') return
    const frame = outgoing(line)
    if (frame.bytes !== undefined) return socket.send(frame.bytes)
    if (frame.asks) waiting += 1
    socket.send(raw || !frame.asks ? line : numbered(line, () => ++ids))
  })
  input.once('close', () => {
    ended = true
    leave()
  })
  socket.on('message', (data: Buffer, binary: boolean) => {
    printLine(binary ? bytesLine(data) : data.toString())
    if (binary && !raw)
      socket.send(JSON.stringify({ stream: frameStream(data), credit: data.length - FRAME_HEADER }))
    if (!binary && isAnswer(data.toString())) waiting -= 1
    leave()
  })
  socket.once('close', (code, reason) => closed.resolve(closeFault(code, reason.toString(), url)))

  const fault = await closed.promise
  process.stdin.destroy()
  if (!ended || waiting > 0) throw fault
}

/** A line as a frame; one that is no JSON object is answered too, with a fault. */
function outgoing(line: string): { asks: boolean; bytes?: Uint8Array } {
  const json = parse(line)
  const binary = BytesLine.safeParse(json)
  if (binary.success) {
    const { stream, bytes } = binary.data
    return { asks: false, bytes: packFrame(stream, Buffer.from(bytes, 'base64')) }
  }
  const known = json !== undefined && ('stream' in json || 'cancel' in json)
  return { asks: json === undefined || !known || ASKS.some((name) => name in json) }
}

function numbered(line: string, next: () => number): string {
  const json = parse(line)
  if (json === undefined || 'id' in json || 'ping' in json) return line
  return JSON.stringify({ id: next(), ...json })
}

function bytesLine(frame: Buffer): string {
  return JSON.stringify({
    stream: frameStream(frame),
    bytes: Buffer.from(framePayload(frame)).toString('base64'),
  })
}

function isAnswer(text: string): boolean {
  const json = parse(text)
  return json !== undefined && ('ok' in json || 'pong' in json)
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    const json: unknown = JSON.parse(text)
    return typeof json === 'object' && json !== null && !Array.isArray(json)
      ? (json as Record<string, unknown>)
      : undefined
  } catch {
    return undefined
  }
}
