// The power over lasting terminals. The terminals belong to the workspace, so they live here and not in any call.
import { Fault } from '#dsl/fault.ts'
import type { Pty, PtyOpenOptions } from '#dsl/powers/pty.ts'
import type { Channel } from '#runtime/link/streams.ts'
import { openSession } from '#runtime/pty/session.ts'
import type { Session } from '#runtime/pty/session.ts'

/** Terminals that one workspace may have. */
export const TERMINALS_MAX = 256
const KILL_AFTER_MS = 2000

export type Terminals = Map<string, Session>

export interface PtyPlace {
  readonly terminals: Terminals
  readonly channel: Channel
  /** The next stream id of this call. Faults: internal when the op said fewer. */
  readonly nextStream: () => number
  /** The workspace's variables and those of the request. Faults: denied. */
  readonly env: (more: Readonly<Record<string, string>> | undefined) => Readonly<Record<string, string>>
  /** Faults: not_found, denied. */
  readonly cwd: (path: string | undefined) => Promise<string>
  /** The argv of a terminal, judged. Faults: denied. */
  readonly shell: (cmd: string | undefined) => Promise<readonly string[]>
  /** Told of each piece that a terminal prints. */
  readonly printed: () => void
}

export function ptyPower(place: PtyPlace): Pty {
  const { terminals, channel } = place
  const find = (id: string): Session => {
    const session = terminals.get(id)
    if (!session) throw new Fault('not_found', `There is no terminal "${id}" here.`)
    return session
  }
  return {
    async open(options) {
      const argv = await place.shell(options.cmd)
      const spec = { argv, cwd: await place.cwd(options.cwd), env: place.env(options.env) }
      makeRoom(terminals)
      const id = newId()
      const size = { cols: options.cols ?? 80, rows: options.rows ?? 24 }
      const session = openSession(id, nameOf(options), { ...spec, ...size }, place.printed)
      terminals.set(id, session)
      return session.attach(channel, place.nextStream(), {})
    },
    attach: async (id, options) => find(id).attach(channel, place.nextStream(), options),
    list: async () => [...terminals.values()].map((session) => session.info()),
    resize: async (id, size) => find(id).resize(size),
    rename: async (id, name) => find(id).rename(name),
    async close(id) {
      const session = find(id)
      terminals.delete(id)
      await end(session)
    },
  }
}

/** Ends every terminal and its program. */
export async function endTerminals(terminals: Terminals): Promise<void> {
  await Promise.all([...terminals.values()].map(end))
  terminals.clear()
}

async function end(session: Session): Promise<void> {
  session.kill('SIGHUP')
  const force = setTimeout(() => session.kill('SIGKILL'), KILL_AFTER_MS)
  await session.ended
  clearTimeout(force)
}

/**
 * One that this workspace has never had, so that who kept it from the runtime before this one finds no other terminal: the
 * time, in milliseconds and nanoseconds. It is no secret; node:crypto would cost the first prompt its reading.
 */
function newId(): string {
  return `${Date.now().toString(36)}-${process.hrtime()[1].toString(36)}`
}

function nameOf({ name, cmd }: PtyOpenOptions): string {
  return name ?? cmd?.slice(0, 100) ?? 'bash'
}

/** Ended terminals make room, oldest first. Faults: exhausted. */
function makeRoom(terminals: Terminals): void {
  if (terminals.size < TERMINALS_MAX) return
  const ended = [...terminals.values()].find((session) => session.info().exitCode !== undefined)
  if (!ended) throw new Fault('exhausted', `A workspace has at most ${TERMINALS_MAX} terminals. Close one.`)
  terminals.delete(ended.info().id)
}
