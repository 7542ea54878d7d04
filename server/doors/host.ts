// The door for the other servers and workers of the same database: the workspaces of this one, and further links to their
// runtimes. It opens by a ticket only, never by a person's proof, and never for a workspace of another server.
import { upgradeWebSocket } from '@hono/node-server'
import { Hono } from 'hono'
import type { Context } from 'hono'
import type { WebSocket } from 'ws'
import { z } from 'zod'
import { Fault } from '#dsl/fault.ts'
import { parseInput } from '#dsl/perform.ts'
import { readObject } from '#server/body.ts'
import type { Audit } from '#server/events/audit.ts'
import { redeemTicket } from '#server/fleet/hosts/ticket.ts'
import { tunnelOver } from '#server/fleet/hosts/tunnel.ts'
import type { HomeFleet } from '#server/fleet/fleet.ts'
import type { Log } from '#server/log.ts'
import type { Store } from '#server/store/store.ts'
import { storeFault } from '#server/store/transaction.ts'
import { findWorkspace } from '#server/store/workspaces.ts'
import type { WorkspaceRow } from '#server/store/workspaces.ts'
import { faultResponse } from './faults.ts'

export interface HostParts {
  /** Id of this server. */
  readonly host: string
  readonly store: Store
  readonly fleet: HomeFleet
  readonly audit: Audit
  readonly log: Log
}

const Name = z.string().min(1).max(256)
const Create = z.strictObject({
  owner: Name,
  name: Name,
  repo: z.string().max(4096).optional(),
  id: Name,
  branch: Name.optional(),
})
const Change = z.strictObject({
  owner: Name,
  branch: Name.optional(),
  allow: z.array(z.string().max(256)).max(1000).optional(),
})
/** How long a guest waits for the sandbox to start and its runtime to dial. */
const GUEST_MS = 600_000

export function hostDoor(parts: HostParts): Hono {
  const { fleet } = parts
  const app = new Hono()
  const acts = {
    start: (row: WorkspaceRow, { branch }: z.output<typeof Change>) => fleet.start(row, branch),
    stop: (row: WorkspaceRow) => fleet.stop(row),
    remove: (row: WorkspaceRow) => fleet.remove(row),
    narrow: (row: WorkspaceRow, { allow = [] }: z.output<typeof Change>) => fleet.narrow(row, allow),
  }
  app.use('/host/*', async (c, next) => {
    await redeemTicket(parts.store, parts.host, c.req.header('authorization'))
    await next()
    if (c.error === undefined) note(parts, c, 'ok')
  })
  app.post('/host/workspaces', async (c) => {
    const { owner, name, repo, ...more } = parseInput('host', Create, await readObject(c))
    const row = await fleet.create(owner, name, repo, more)
    return c.json({ ok: true, id: row.id })
  })
  for (const [verb, act] of Object.entries(acts))
    app.post(`/host/workspaces/:id/${verb}`, async (c) => {
      const change = parseInput('host', Change, await readObject(c))
      await act(await ownRow(parts, c, change.owner), change)
      return c.json({ ok: true })
    })
  app.post('/host/workspaces/:id/usage', async (c) => {
    const { owner } = parseInput('host', Change, await readObject(c))
    return c.json({ ok: true, usage: await fleet.usage(await ownRow(parts, c, owner)) })
  })
  app.get(
    '/host/workspaces/:id/link',
    upgradeWebSocket(async (c) => {
      const guest = await openGuest(parts, c).catch(storeFault)
      return { onOpen: (_, { raw }) => welcome(parts, raw as WebSocket, guest) }
    }),
  )
  app.onError((error, c) => {
    const fault = storeFault(error)
    note(parts, c, fault.code, fault.message)
    if (fault.code === 'internal')
      parts.log.error({ err: fault.cause ?? fault, path: c.req.path }, 'a host call broke')
    return faultResponse(c, fault)
  })
  return app
}

/** Who comes is a process, not a person: what it does for whom, its own calls say. */
function note({ audit }: HostParts, c: Context, outcome: string, reason?: string): void {
  audit.record({ action: 'host', outcome, door: 'host', target: c.req.path, reason })
}

async function ownRow({ store, host }: HostParts, c: Context, owner: string): Promise<WorkspaceRow> {
  const id = c.req.param('id') ?? ''
  const row = await findWorkspace(store, owner, id)
  if (row?.id === id && row.hostId === host) return row
  throw new Fault('not_found', `There is no workspace "${id}" on this server.`)
}

async function openGuest(parts: HostParts, c: Context) {
  const row = await ownRow(parts, c, c.req.query('owner') ?? '')
  return parts.fleet.guest(row, c.req.query('wake') === 'true', AbortSignal.timeout(GUEST_MS))
}

/** The first message says whether there is a link; every other one is its bytes. */
function welcome(
  { log }: HostParts,
  socket: WebSocket,
  guest: Awaited<ReturnType<typeof openGuest>> | Fault,
): void {
  if (guest instanceof Fault) {
    socket.on('error', () => undefined)
    socket.send(JSON.stringify({ ok: false, error: guest.toJSON() }))
    return socket.close()
  }
  socket.send(JSON.stringify({ ok: true }))
  const tunnel = tunnelOver(socket)
  tunnel.on('error', (error) => log.debug({ err: error }, 'a link of a guest broke'))
  guest.pipe(tunnel).pipe(guest)
  guest.once('close', () => tunnel.destroy())
  tunnel.once('close', () => guest.destroy())
}
