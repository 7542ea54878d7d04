// The runtime's end of a link: calls in, answers out, frames to their streams. It never decides what a call may do.
import type { Duplex } from 'node:stream'
import { Fault, toFault } from '#dsl/fault.ts'
import { framePayload, frameStream } from '#dsl/wire/frame.ts'
import type { Op } from '#dsl/op.ts'
import { LinkAck, LinkCall, LinkCancelOnce, LinkInvite } from '#dsl/wire/link.ts'
import type { Place } from '#runtime/grant.ts'
import { workspaceOp } from '#runtime/ops.ts'
import { answerCall } from './answer.ts'
import { createLasting } from './lasting.ts'
import type { Joiner, LastingCalls, Start } from './lasting.ts'
import { readPackets, writeBinary, writeText } from './packet.ts'
import { createRoom } from './room.ts'
import type { Channel } from './streams.ts'

/**
 * Serves one link until it closes. `lasting` holds the calls that go on then; `invited` dials a further link for a guest,
 * and a link without it invites nobody.
 */
export async function servePeer(
  place: Place,
  link: Duplex,
  lasting: LastingCalls = createLasting(undefined),
  invited?: (guest: string) => void,
): Promise<void> {
  const say = (frame: unknown) => void writeText(link, JSON.stringify(frame))
  const room = createRoom(link)
  const channel: Channel = {
    sendBinary: (frame) => writeBinary(link, frame),
    room,
    news: say,
    sinks: new Map(),
  }
  const flying = new Map<string, AbortController>()
  const joined = new Map<string, { readonly once: string; readonly joiner: Joiner }>()

  function joinCall(json: unknown): void {
    const { call: id, once = '', after = 0, ...call } = LinkCall.parse(json)
    const joiner: Joiner = {
      event: (event) => say({ id, ...event }),
      answer(answer) {
        joined.delete(id)
        say({ ...answer, id })
      },
      room,
    }
    joined.set(id, { once, joiner })
    const start: Start = async (signal, emit) => {
      const op = await known(call.op)
      const nextStream = () => {
        throw new Fault('invalid', `${call.op} opens a stream, which no call that outlives its link may.`)
      }
      const { grant, input } = call
      return answerCall(place, op, { grant, signal, channel, nextStream, input, emit })
    }
    lasting.join(once, after, joiner, start, async () => (await known(call.op)).idempotent)
  }

  async function answer(json: unknown): Promise<void> {
    const call = LinkCall.parse(json)
    const control = new AbortController()
    flying.set(call.call, control)
    const ids = [...call.streams]
    const nextStream = () => {
      const id = ids.shift()
      if (id === undefined) throw new Fault('internal', `${call.op} opens more streams than it said.`)
      return id
    }
    try {
      const op = await known(call.op)
      const emit = async (event: unknown) => {
        say({ id: call.call, event })
        await room()
      }
      const { grant, input } = call
      const granted = { grant, signal: control.signal, channel, nextStream, input, emit }
      say({ ...(await answerCall(place, op, granted)), id: call.call, ok: true })
    } catch (error) {
      say({ id: call.call, ok: false, error: toFault(error).toJSON() })
    } finally {
      flying.delete(call.call)
    }
  }

  function cancel(id: string): void {
    const call = joined.get(id)
    if (call) return lasting.cancel(call.once)
    flying.get(id)?.abort(new Fault('cancelled', 'The caller cancelled the call.'))
  }

  function take(text: string): void {
    const frame = JSON.parse(text) as Record<string, unknown>
    if ('call' in frame && 'once' in frame) return joinCall(frame)
    if ('call' in frame) return void answer(frame).catch(() => link.destroy())
    if ('ping' in frame) return say({ pong: frame['ping'], uses: place.activity?.count() })
    if ('invite' in frame) return invited?.(LinkInvite.parse(frame).invite)
    if ('ack' in frame) {
      const { ack, once } = LinkAck.parse(frame)
      return lasting.acknowledge(once, ack)
    }
    if ('cancel_once' in frame) return lasting.cancelAll(LinkCancelOnce.parse(frame).cancel_once)
    if (typeof frame['cancel'] === 'string') return cancel(frame['cancel'])
    if (typeof frame['stream'] === 'number')
      channel.sinks.get(frame['stream'])?.control(frame as { stream: number })
  }

  readPackets(link, {
    text: take,
    binary(frame) {
      place.activity?.touch()
      channel.sinks.get(frameStream(frame))?.bytes(framePayload(frame))
      return false
    },
  })
  await closed(link)
  for (const { joiner } of joined.values()) lasting.leave(joiner)
  for (const control of flying.values())
    control.abort(new Fault('cancelled', 'The link to the server closed.'))
  for (const sink of [...channel.sinks.values()]) sink.gone()
}

/** Faults: not_found. */
async function known(name: string): Promise<Op> {
  const op = await workspaceOp(name)
  if (!op) throw new Fault('not_found', `This runtime does not know the op "${name}".`)
  return op
}

function closed(link: Duplex): Promise<void> {
  if (link.destroyed) return Promise.resolve()
  return new Promise((resolve) => {
    link.on('error', () => undefined)
    link.once('end', () => link.destroy())
    link.once('close', resolve)
  })
}
