// Dials the server's socket, says hello and serves, for ever. It never gives up: terminals wait here for the server. A
// further link, for a guest of the server, it dials once.
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import type { Hello } from '#dsl/wire/link.ts'
import { writeText } from './packet.ts'

const FIRST_WAIT_MS = 50
const LONGEST_WAIT_MS = 1000
/** Bytes that wait for the server before terminals hold theirs back: enough to keep it busy, too few to delay a key. */
const WAITING_MAX = 131_072

/** Ends when `signal` aborts. */
export async function dial(
  path: string,
  hello: Hello,
  serve: (link: Socket) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  let waitMs = FIRST_WAIT_MS
  while (!signal.aborted) {
    const link = await reach(path)
    if (link) {
      waitMs = FIRST_WAIT_MS
      await greet(link, hello, serve, signal)
    }
    await wait(waitMs, undefined, { signal }).catch(() => undefined)
    waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)
  }
}

/** Ends when the link does; whoever wants another one invites again. */
export async function dialOnce(
  path: string,
  hello: Hello,
  serve: (link: Socket) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const link = await reach(path)
  if (link) await greet(link, hello, serve, signal)
}

async function greet(
  link: Socket,
  hello: Hello,
  serve: (link: Socket) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const leave = () => link.destroy()
  signal.addEventListener('abort', leave, { once: true })
  writeText(link, JSON.stringify(hello))
  await serve(link)
  signal.removeEventListener('abort', leave)
}

function reach(path: string): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    // The socket hands it on to its stream, though its type does not say so.
    const options = { path, highWaterMark: WAITING_MAX }
    const link = connect(options)
    link.once('connect', () => resolve(link))
    link.once('error', () => resolve(undefined))
  })
}
