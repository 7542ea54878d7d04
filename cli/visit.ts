// A visit to a lasting terminal: its screen here, our keys there, until its program ends or the person leaves. A lost
// connection is made again and goes on where it was.
import { setTimeout as pause } from 'node:timers/promises'
import { toFault } from '#dsl/fault.ts'
import { ATTACHMENT } from '#dsl/ops/pty/fields.ts'
import type { Endpoint } from './endpoint.ts'
import { createKeyboard } from './keyboard.ts'
import type { Answer, Link } from './link.ts'
import { printNote } from './print.ts'
import { withLink } from './session.ts'
import { pipeStream } from './stream.ts'
import type { Incoming, Outgoing } from './stream.ts'
import { calmTerminal, clearWindow, followSize, sizeOf, takeKeys } from './terminal.ts'

const AGAIN_MS = 1000
const AGAIN_MAX = 60

/** The op that begins the visit, and its input but for the size. */
export interface Beginning {
  readonly op: 'pty.open' | 'pty.attach'
  readonly input: Record<string, unknown>
  readonly workspace: Record<string, unknown>
}

/** Where the person was when the connection went. */
interface Place {
  readonly pty: string
  readonly cursor: number
}

interface Desk {
  /** Where typed keys go; nowhere while there is no connection. */
  outgoing: Outgoing | undefined
  readonly left: Promise<'left'>
  close(): void
}

/** The exit status: the program's, or 0 for a person who left. Faults: what the op faults with; unavailable. */
export async function visit(endpoint: Endpoint, beginning: Beginning): Promise<number> {
  const desk = openDesk()
  let place: Place | undefined
  let tries = 0
  try {
    for (;;) {
      try {
        const request = place === undefined ? beginning : returnTo(place, beginning)
        return await withLink(endpoint, (link) => look(link, request, desk, (now) => (place = now)))
      } catch (error) {
        const lost = toFault(error).code === 'unavailable' && place !== undefined
        if (!lost || ++tries > AGAIN_MAX) throw error
        if (tries === 1) printNote('\r\nThe connection is lost. Trying again; Ctrl-] d leaves.\r')
        if ((await Promise.race([pause(AGAIN_MS), desk.left])) === 'left') return 0
      }
    }
  } finally {
    desk.close()
  }
}

function returnTo(place: Place, { workspace }: Beginning): Beginning {
  return { op: 'pty.attach', input: { ...place }, workspace }
}

async function look(
  link: Link,
  { op, input, workspace }: Beginning,
  desk: Desk,
  moved: (place: Place) => void,
): Promise<number> {
  let incoming: Incoming | undefined
  const answered = (answer: Answer) => {
    const { stream, cursor, screen } = ATTACHMENT.parse(answer)
    if (screen !== undefined) process.stdout.write(clearWindow(screen))
    incoming = pipeStream(link, stream, process.stdout, cursor)
  }
  const request = { ...input, ...workspace, ...sizeOf(process.stdout) }
  const { pty, stream } = ATTACHMENT.parse(await link.call(op, request, { answered }).answer)
  const seen = incoming as unknown as Incoming
  desk.outgoing = seen.outgoing
  const unfollow = followSize((size) => {
    link.call('pty.resize', { pty, ...workspace, ...size }).answer.catch(() => undefined)
  })
  try {
    const end = await Promise.race([seen.done, desk.left])
    if (end !== 'left') return end ?? 0
    link.sendText(JSON.stringify({ stream, close: true }))
    calmTerminal()
    printNote(`\r\nYou left; it runs on. To come back: chispart attach ${pty}\r`)
    return 0
  } finally {
    moved({ pty, cursor: seen.cursor() })
    desk.outgoing = undefined
    unfollow()
  }
}

/** Reads the keyboard for the whole visit, so that the person can leave while there is no connection, too. */
function openDesk(): Desk {
  const { promise: left, resolve: leave } = Promise.withResolvers<'left'>()
  const keyboard = createKeyboard()
  const giveBack = takeKeys()
  const desk: Desk = {
    outgoing: undefined,
    left,
    close() {
      giveBack()
      process.stdin.destroy()
    },
  }
  void read()
  return desk

  async function read(): Promise<void> {
    try {
      for await (const typed of process.stdin as AsyncIterable<Buffer>) {
        const { bytes, detach } = keyboard(typed)
        if (bytes.length > 0) await desk.outgoing?.send(bytes)
        if (detach) return leave('left')
      }
    } catch {
      // Destroyed: the visit is over.
    }
  }
}
