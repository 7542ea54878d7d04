// Puts the doors behind one listening server, the guards before all of them. It knows no op and no store.
import type { IncomingMessage, Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import type { WebSocketServerLike } from '@hono/node-server'
import { Hono } from 'hono'
import { WebSocketServer } from 'ws'
import { Fault } from '#dsl/fault.ts'
import { TEXT_MAX } from '#dsl/wire/message.ts'
import { authRoutes } from './auth/routes.ts'
import { faultResponse } from './doors/faults.ts'
import { guardHeaders, guardOrigin } from './doors/headers.ts'
import { mcpDoor } from './doors/mcp.ts'
import { restDoor } from './doors/rest.ts'
import type { RestParts } from './doors/rest.ts'
import { docsPage } from './doors/rest/docs.ts'
import { openApi } from './doors/rest/openapi.ts'
import { webDoor } from './doors/web.ts'
import { chooseProtocol, wsDoor } from './doors/ws.ts'
import type { WsParts } from './doors/ws.ts'
import { runDoor } from './doors/ws/run.ts'
import type { DriverProblem } from './fleet/driver.ts'
import { ownHosts } from './hosts.ts'
import { storeFault } from './store/transaction.ts'

export interface AppParts extends WsParts, RestParts {
  /** Absolute path of the built web face. */
  readonly web: string
  /** Downloads by signed address, which need no sign-in. */
  readonly artifacts: () => Hono
  /** What is signed by somebody else, and needs no sign-in. */
  readonly webhooks: Hono
  /** The door for other servers of the same database. */
  readonly others: Hono
  /** What `/readyz` says. */
  readonly readiness: () => Promise<{ database: boolean; sandbox: DriverProblem | undefined }>
}

export interface RunningApp {
  readonly port: number
  /** Ends every connection; sandboxes are not its business. */
  close(): Promise<void>
}

const GOING_AWAY = 1001

/** Listens on `port`, or on any free one for 0. Fault: unavailable (the address cannot be had). */
export async function listen(parts: AppParts, host: string, port: number): Promise<RunningApp> {
  let hosts: ReadonlySet<string> = new Set()
  const sockets = new WebSocketServer({
    noServer: true,
    // Twice the limit, so that a frame just beyond it is answered by a sentence; what is larger is cut off unread.
    maxPayload: 2 * TEXT_MAX,
    handleProtocols: chooseProtocol,
  })
  const { fetch } = routes(parts, () => hosts)
  // The adapter's own type of a socket server is stricter than `ws` about options that are left out.
  const websocket = { server: sockets as unknown as WebSocketServerLike }
  const server = createAdaptorServer({ fetch, websocket, serverOptions: { shouldUpgradeCallback } }) as Server
  const connections = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    connections.add(socket)
    socket.once('close', () => connections.delete(socket))
  })
  const actual = await bind(server, host, port)
  hosts = ownHosts(host, actual)
  return { port: actual, close: () => close(server, sockets, connections) }
}

function routes(parts: AppParts, hosts: () => ReadonlySet<string>): Hono {
  const app = new Hono()
  const description = openApi()
  const page = docsPage()
  app.use(
    guardHeaders,
    guardOrigin(
      (host) => hosts().has(host),
      ({ fault }) => parts.audit.record({ action: 'guard', outcome: fault.code, reason: fault.message }),
    ),
  )
  app.get('/healthz', (c) => c.json({ ok: true }))
  app.get('/readyz', async (c) => {
    const { database, sandbox } = await parts.readiness()
    return c.json({ ok: database, database, sandbox: sandbox ?? 'ready' }, database ? 200 : 503)
  })
  app.get('/rpc', wsDoor(parts), () => {
    throw new Fault('invalid', '/rpc is a WebSocket. Call ops by POST /api/ops/{name} here.')
  })
  app.get('/runs/:run', runDoor(parts))
  app.get('/api/openapi.json', (c) => c.json(description))
  app.get('/api/docs', (c) => c.html(page))
  app.route('/', restDoor(parts))
  app.route('/', mcpDoor(parts))
  app.route('/', parts.artifacts())
  app.route('/', parts.others)
  app.route('/', parts.webhooks)
  app.route('/auth', authRoutes(parts.auth))
  // Programs that look for documents there must not take the face's page for one.
  app.all('/.well-known/*', () => {
    throw new Fault(
      'not_found',
      'This server publishes nothing there. Clients send a token: Authorization: Bearer ….',
    )
  })
  app.all('/api/*', () => {
    throw new Fault('not_found', 'There is no such path. /api/docs lists them.')
  })
  app.route('/', webDoor(parts.web))
  app.onError((error, c) => {
    const fault = storeFault(error)
    if (fault.code === 'internal')
      parts.log.error({ err: fault.cause ?? fault, path: c.req.path }, 'a request broke')
    return faultResponse(c, fault)
  })
  return app
}

/** Whoever offers another protocol (`h2c`: curl --http2, Java) is answered in this one (RFC 9110 §7.8), not left waiting. */
const shouldUpgradeCallback = ({ headers }: IncomingMessage): boolean =>
  headers.upgrade?.toLowerCase() === 'websocket'

function bind(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const refused = (cause: NodeJS.ErrnoException) => {
      const why =
        cause.code === 'EADDRINUSE' ? 'it is in use; set PORT to another, or to 0 for any' : cause.message
      reject(new Fault('unavailable', `Cannot listen on ${host}:${port}: ${why}.`, { cause }))
    }
    server.once('error', refused)
    server.listen(port, host, () => {
      server.off('error', refused)
      resolve((server.address() as AddressInfo).port)
    })
  })
}

async function close(
  server: Server,
  sockets: WebSocketServer,
  connections: ReadonlySet<Socket>,
): Promise<void> {
  const closed = new Promise<void>((resolve) => void server.close(() => resolve()))
  for (const socket of sockets.clients) {
    socket.close(GOING_AWAY, 'The server stops.')
    socket.terminate()
  }
  server.closeAllConnections()
  // One that becomes a WebSocket in this very moment is neither among those nor a connection of HTTP.
  for (const socket of connections) socket.destroy()
  await closed
}
