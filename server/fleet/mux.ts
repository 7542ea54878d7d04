// Which stream belongs to which client and which link. Frames pass through unread: only the id is looked up, and its owner.
import { Fault } from '#dsl/fault.ts'
import { frameStream, STREAM_MAX } from '#dsl/wire/frame.ts'
import type { StreamNews } from '#dsl/wire/message.ts'
import type { StreamControl } from '#runtime/link/conversation.ts'

/** Streams that one client may have open. */
export const STREAMS_MAX = 512
/** Frames of one stream that wait until its client knows the id; its first window fits many times over. */
const WAITING_MAX = 4096

/** One client's connection, as streams see it. */
export interface StreamClient {
  /** Answers true when it is done with the frame, whose bytes may then change. */
  sendBinary(frame: Uint8Array): boolean
  news(news: StreamNews): void
}

/** One runtime's link, as streams see it. */
export interface StreamLink {
  sendBinary(frame: Uint8Array): void
  control(frame: StreamControl): void
}

export interface Mux {
  /** New ids for one call. Faults: rate_limited (the client has too many open). */
  reserve(client: StreamClient, link: StreamLink, count: number): number[]
  /** The client has been told these ids: what waited for that is sent, and the rest follows at once. */
  told(ids: readonly number[]): void
  /** Forgets ids: their call opened none under them, or is over. */
  release(ids: readonly number[]): void
  /** A frame of a stream that is over goes nowhere. Fault not_found: the stream is somebody else's. */
  fromClient(client: StreamClient, frame: Uint8Array): void
  controlFromClient(client: StreamClient, frame: StreamControl): void
  /**
   * Answers true when nobody needs the frame any more, whose bytes may then change. Fault `too_large` when a runtime sends
   * what no client gave credit for.
   */
  fromLink(link: StreamLink, frame: Uint8Array): boolean
  newsFromLink(link: StreamLink, news: StreamNews): void
  /** The client is gone: its streams are closed at the runtime; terminals go on living. */
  leave(client: StreamClient): void
  /** The link is gone: its readers are told. */
  lost(link: StreamLink): void
}

interface Entry {
  readonly client: StreamClient
  readonly link: StreamLink
  /** Deliveries that wait until the client knows the id; undefined from then on. */
  waiting: (() => void)[] | undefined
}

export function createMux(): Mux {
  const entries = new Map<number, Entry>()
  const byClient = new Map<StreamClient, Set<number>>()
  let last = 0

  function add(client: StreamClient, link: StreamLink): number {
    do last = last === STREAM_MAX ? 1 : last + 1
    while (entries.has(last))
    entries.set(last, { client, link, waiting: [] })
    byClient.set(client, (byClient.get(client) ?? new Set()).add(last))
    return last
  }

  function free(id: number): void {
    const client = entries.get(id)?.client
    if (!client) return
    entries.delete(id)
    const ids = byClient.get(client)
    ids?.delete(id)
    if (ids?.size === 0) byClient.delete(client)
  }

  /** A client may not have heard yet that its stream is over, but it was never told another's id. */
  function ofClient(client: StreamClient, id: number): Entry | undefined {
    const entry = entries.get(id)
    if (entry && entry.client !== client) throw new Fault('not_found', `You have no stream ${id}.`)
    return entry
  }

  function ofLink(link: StreamLink, id: number): Entry | undefined {
    const entry = entries.get(id)
    return entry?.link === link ? entry : undefined
  }

  function deliver(entry: Entry, send: () => void): void {
    if (!entry.waiting) return send()
    if (entry.waiting.push(send) > WAITING_MAX)
      throw new Fault('too_large', 'The runtime sent more than it had credit for.')
  }

  return {
    reserve(client, link, count) {
      if ((byClient.get(client)?.size ?? 0) + count > STREAMS_MAX)
        throw new Fault('rate_limited', `${STREAMS_MAX} streams are open here. Close one before the next.`)
      return Array.from({ length: count }, () => add(client, link))
    },
    told(ids) {
      for (const entry of ids.map((id) => entries.get(id))) {
        const waiting = entry?.waiting ?? []
        if (entry) entry.waiting = undefined
        for (const send of waiting) send()
      }
    },
    release: (ids) => ids.forEach(free),
    fromClient(client, frame) {
      ofClient(client, frameStream(frame))?.link.sendBinary(frame)
    },
    controlFromClient(client, frame) {
      const entry = ofClient(client, frame.stream)
      entry?.link.control(frame)
      if (entry && frame.close) free(frame.stream)
    },
    fromLink(link, frame) {
      const entry = ofLink(link, frameStream(frame))
      if (!entry) return true
      if (!entry.waiting) return entry.client.sendBinary(frame)
      deliver(entry, () => entry.client.sendBinary(frame))
      return false
    },
    newsFromLink(link, news) {
      const entry = ofLink(link, news.stream)
      if (!entry) return
      deliver(entry, () => {
        if (news.end || news.error) free(news.stream)
        entry.client.news(news)
      })
    },
    leave(client) {
      for (const id of byClient.get(client) ?? []) {
        entries.get(id)?.link.control({ stream: id, close: true })
        entries.delete(id)
      }
      byClient.delete(client)
    },
    lost(link) {
      const error = new Fault('unavailable', 'The workspace stopped answering. Attach again.').toJSON()
      for (const [stream, entry] of [...entries]) {
        if (entry.link !== link) continue
        free(stream)
        entry.client.news({ stream, error })
      }
    },
  }
}
