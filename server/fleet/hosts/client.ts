// The workspaces of another server of the same database, by its door for hosts. It holds no sandbox, and makes every call
// with a ticket of its own.
import { once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import { WebSocket } from 'ws'
import { z } from 'zod'
import { Fault, fromMessage, toFault } from '#dsl/fault.ts'
import { readPackets } from '#runtime/link/packet.ts'
import { openLink } from '#server/fleet/link.ts'
import type { RuntimeLink } from '#server/fleet/link.ts'
import type { Mux } from '#server/fleet/mux.ts'
import { findHost } from '#server/store/hosts.ts'
import type { Store } from '#server/store/store.ts'
import { findWorkspace } from '#server/store/workspaces.ts'
import type { WorkspaceRow } from '#server/store/workspaces.ts'
import { untilAborted } from '#server/fleet/until-aborted.ts'
import { issueTicket } from './ticket.ts'
import { tunnelOver } from './tunnel.ts'

/** How long a server may be away, to restart for instance, before a call gives up. */
const AWAY_MS = 120_000
const AGAIN_MS = [50, 100, 200, 500, 1000]
/** A repository is cloned meanwhile. */
const CALL_MS = 600_000

const Answer = z.union([
  z.object({ ok: z.literal(true), id: z.string().optional(), usage: z.unknown().optional() }),
  z.object({
    ok: z.literal(false),
    error: z.object({ code: z.string(), message: z.string(), data: z.unknown().optional() }),
  }),
])

export interface HostAnswer {
  /** Of a workspace that was made. */
  readonly id?: string | undefined
  readonly usage?: unknown
}

export interface HostClient {
  /** POSTs to a path below /host. Answers what it says. Faults: as the fleet there; unavailable (it is away). */
  call(host: string, path: string, body: Record<string, unknown>): Promise<HostAnswer>
  /** The link of this process to the workspace's runtime. Faults: as the fleet there; unavailable. */
  link(row: WorkspaceRow, wake: boolean, signal: AbortSignal): Promise<RuntimeLink>
  close(): void
}

/** No connection came about, so nothing has happened there. */
class Away extends Error {
  override readonly name = 'Away'
}

export function createHostClient(store: Store, mux: Mux): HostClient {
  const links = new Map<string, RuntimeLink>()
  const dialling = new Map<string, Promise<RuntimeLink>>()
  const closed = new AbortController()

  /** Where it is now: a server may return on another port. */
  async function address(host: string, path: string): Promise<{ url: string; authorization: string }> {
    const row = await findHost(store, host)
    if (!row) throw new Fault('unavailable', 'The server of this workspace was never seen in this database.')
    return { url: `${row.url}${path}`, authorization: `Bearer ${await issueTicket(store, host)}` }
  }

  async function call(host: string, path: string, body: Record<string, unknown>): Promise<HostAnswer> {
    const { url, authorization } = await address(host, path)
    const response = await fetch(url, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.any([closed.signal, AbortSignal.timeout(CALL_MS)]),
    }).catch(asAway)
    const answer = Answer.parse(await response.json())
    if (answer.ok) return answer
    throw fromMessage(answer.error)
  }

  async function dial(row: WorkspaceRow, wake: boolean): Promise<RuntimeLink> {
    const query = new URLSearchParams({ owner: row.ownerId, wake: String(wake) }).toString()
    const { url, authorization } = await address(hostOf(row), `/host/workspaces/${row.id}/link?${query}`)
    const options = { headers: { authorization }, perMessageDeflate: false, handshakeTimeout: CALL_MS }
    const socket = new WebSocket(url.replace(/^http/, 'ws'), options)
    const signal = AbortSignal.any([closed.signal, AbortSignal.timeout(CALL_MS)])
    // Asked for before it is open: the first message may come with the handshake.
    const first = once(socket, 'message', { signal }) as Promise<[Buffer]>
    const broken = once(socket, 'close', { signal }).then(() => Promise.reject(new Away('It closed.')))
    const [data] = await Promise.race([first, broken]).catch((error: unknown) => {
      socket.on('error', () => undefined)
      socket.terminate()
      throw new Away('No link came about.', { cause: error })
    })
    socket.pause()
    const answer = Answer.parse(JSON.parse(data.toString()))
    if (!answer.ok) throw fromMessage(answer.error)
    const stream = tunnelOver(socket)
    stream.on('error', () => undefined)
    const { link, reader } = openLink(stream, mux)
    readPackets(stream, reader)
    links.set(row.id, link)
    stream.once('close', () => links.get(row.id) === link && links.delete(row.id))
    return link
  }

  return {
    call: (host, path, body) => untilThere(() => call(host, path, body), closed.signal),
    async link(row, wake, signal) {
      const here = links.get(row.id)
      if (here) return here
      const coming = dialling.get(row.id) ?? untilThere(() => dial(row, wake), closed.signal)
      dialling.set(row.id, coming)
      const over = () => void dialling.delete(row.id)
      coming.then(over, over)
      return untilAborted(coming, signal)
    },
    close() {
      closed.abort(new Fault('cancelled', 'This process stops.'))
      for (const link of links.values()) link.close()
    },
  }
}

/** The row as it is after a call changed it. Faults: not_found. */
export async function rowNow(store: Store, owner: string, id: string): Promise<WorkspaceRow> {
  const row = await findWorkspace(store, owner, id)
  if (row) return row
  throw new Fault('not_found', `You have no workspace "${id}". workspace.list shows yours.`)
}

export function hostOf({ hostId, name }: WorkspaceRow): string {
  if (hostId !== null) return hostId
  throw new Fault('unavailable', `The workspace "${name}" is on no server. Start its server once.`)
}

async function untilThere<T>(act: () => Promise<T>, signal: AbortSignal): Promise<T> {
  const end = Date.now() + AWAY_MS
  for (let attempt = 0; ; attempt++) {
    try {
      return await act()
    } catch (error) {
      if (signal.aborted) throw toFault(signal.reason)
      if (!(error instanceof Away)) throw error
      if (Date.now() > end)
        throw new Fault(
          'unavailable',
          'The server that has this workspace does not answer. Start it again.',
          {
            cause: error,
          },
        )
    }
    await wait(AGAIN_MS[Math.min(attempt, AGAIN_MS.length - 1)], undefined, { signal }).catch(() => undefined)
  }
}

/** Only what never left this process may be sent again. */
function asAway(error: unknown): never {
  const cause = (error as { cause?: { code?: unknown } }).cause
  if (cause?.code === 'ECONNREFUSED') throw new Away('Nobody listens there.', { cause: error })
  throw new Fault('unavailable', 'The server that has this workspace broke off. Call again.', {
    cause: error,
  })
}
