// An open, authenticated WebSocket to a server or a laptop runtime, and the fault that its end stands for. It reads no frame.
import { WebSocket } from 'ws'
import { FAULTS, Fault, fromMessage } from '#dsl/fault.ts'
import type { FaultCode } from '#dsl/fault.ts'
import { SUBPROTOCOL } from '#dsl/wire/message.ts'
import type { Endpoint } from './endpoint.ts'
import { refuseUnsendable } from './keys.ts'

const CONNECT_MS = 10_000
const PING_MS = 15_000
/** Time for the other side to answer a closing handshake. */
const CLOSE_MS = 1000
/** Largest frame a server may send: a screen of a big terminal, or an answer with 4 MiB of file in base64. */
const FRAME_MAX = 16_777_216

/** Faults: invalid (the token), unavailable (nobody there), and what an HTTP answer instead of a socket says. */
export async function openSocket({ url, token }: Endpoint): Promise<WebSocket> {
  refuseUnsendable(token)
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` }
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/rpc`, SUBPROTOCOL, {
    headers,
    handshakeTimeout: CONNECT_MS,
    maxPayload: FRAME_MAX,
    perMessageDeflate: false,
  })
  return new Promise((resolve, reject) => {
    socket.once('open', () => {
      socket.off('error', failed)
      socket.on('error', () => undefined)
      keepAlive(socket)
      resolve(socket)
    })
    socket.once('unexpected-response', (request, response) => {
      let body = ''
      response.setEncoding('utf8').on('data', (text: string) => (body = (body + text).slice(0, 65_536)))
      response.once('close', () => reject(refusal(response.statusCode ?? 0, body, url)))
      response.once('end', () => request.destroy())
    })
    socket.once('error', failed)
    function failed(cause: Error): void {
      reject(nobodyAt(url, cause))
    }
  })
}

/** Says goodbye; who does not answer is left. */
export function closeSocket(socket: WebSocket): void {
  socket.close(1000)
  setTimeout(() => socket.terminate(), CLOSE_MS).unref()
}

export function nobodyAt(url: string, cause: unknown): Fault {
  return new Fault(
    'unavailable',
    `Nothing answers at ${url}. Start a server (npm start) or a runtime (chispart ws start), or give --url.`,
    { cause },
  )
}

/** The fault in an HTTP answer; by its status when the body holds none. */
export function refusal(status: number, body: string, url: string): Fault {
  try {
    const { error } = JSON.parse(body) as { error?: { code: string; message: string; data?: unknown } }
    if (typeof error?.code === 'string' && typeof error.message === 'string')
      return withCure(fromMessage(error), url)
  } catch {
    // Not one of ours; the status says enough.
  }
  const codes = Object.keys(FAULTS) as FaultCode[]
  const code = codes.find((name) => FAULTS[name].http === status) ?? 'unavailable'
  return withCure(new Fault(code, `${url} answered HTTP ${status}.`), url)
}

/** What the close of a socket in the middle of work means. */
export function closeFault(code: number, reason: string, url: string): Fault {
  const codes = Object.keys(FAULTS) as FaultCode[]
  const named = codes.find((name) => FAULTS[name].ws === code)
  if (named !== undefined)
    return withCure(new Fault(named, reason || `${url} closed the connection: ${named}.`), url)
  return new Fault('unavailable', `${url} closed the connection (${code}). Try again in a moment.`)
}

/** Who is not let in is told how to come in. */
function withCure(fault: Fault, url: string): Fault {
  if (fault.code !== 'unauthenticated') return fault
  const cure = `At ${url}: give --token or CHISPART_TOKEN, or pair this machine: chispart pair <code>.`
  return new Fault(fault.code, `${fault.message} ${cure}`, { data: fault.data, cause: fault.cause })
}

/** Ends a socket that does not answer a ping within the next round. */
function keepAlive(socket: WebSocket): void {
  let alive = true
  socket.on('pong', () => (alive = true))
  const timer = setInterval(() => {
    if (!alive) return socket.terminate()
    alive = false
    socket.ping()
  }, PING_MS).unref()
  socket.once('close', () => clearInterval(timer))
}
