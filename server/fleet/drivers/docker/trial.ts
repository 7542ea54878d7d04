// One container that is really started, to know whether a sandbox can be had: its disk is written, its sockets are
// dialled. It leaves nothing behind.
import type { DriverProblem } from '#server/fleet/driver.ts'
import type { Place } from '#server/fleet/place/place.ts'
import { NODE } from '#server/fleet/runtime-command.ts'
import { containerOptions } from './container.ts'
import { type Engine, meaningOf, within } from './engine.ts'
import type { Ground } from './ground.ts'
import { LABEL } from './image.ts'
import { ended, removeContainer, startWith } from './life.ts'
import type { Reach } from './reach.ts'

const TRIAL_MS = 30_000
const LIMITS = { diskBytes: 8_388_608, memoryBytes: 268_435_456, pids: 64, cpus: 1 }
const NO_WORK = 11
const NO_SOCKET = 12
const NO_LOCK = 13
/** What stands in for the runtime. A socket that is not there may come; one that nobody can dial stays so. */
const PROGRAM = `
const end = (code) => () => process.exit(code)
try { require('fs').openSync('${NODE}'); end(${NO_LOCK})() } catch {}
try { require('fs').writeFileSync('/work/probe', '') } catch { end(${NO_WORK})() }
const until = Date.now() + 15000
const again = ({ code }) => (code === 'ENOENT' && Date.now() < until ? setTimeout(dial, 20) : end(${NO_SOCKET})())
const dial = () => require('net').connect('/run/chispart/host.sock').once('connect', end(0)).once('error', again)
dial()`

export interface TrialProblem extends DriverProblem {
  /** Whether it comes of an engine that shares no files with this server, or counts users in its own way. */
  readonly isApart: boolean
}

export interface TrialParts {
  readonly engine: Engine
  readonly place: Place
  readonly ground: Ground
  readonly reach: Reach
  readonly apparmor: string | undefined
}

/** Undefined when all of it worked. Rejects with what the engine says when it refuses. */
export async function tryContainer(parts: TrialParts): Promise<TrialProblem | undefined> {
  const { engine, place, ground, reach, apparmor } = parts
  // A doctor may look while the server does.
  const id = `probe-${process.pid}`
  const name = `chispart-${place.tag}-${id}`
  let container
  try {
    container = await engine.createContainer({
      ...containerOptions({
        name,
        image: ground.image,
        labels: { [LABEL]: place.tag },
        limits: LIMITS,
        seccomp: ground.seccomp,
        apparmor,
        outfit: await reach.outfit(id, LIMITS, ground),
        command: [NODE, '-e', PROGRAM],
      }),
      ...within(),
    })
    await startWith(container, '')
  } catch (error) {
    await clear()
    if (isMountRefused(error)) return { ...meaningOf(error), isApart: true }
    throw error
  }
  try {
    const ending = ended(container, AbortSignal.timeout(TRIAL_MS))
    // What hinders it is told by how the container ends.
    await reach.open(id, container).catch(() => undefined)
    const { code, says } = await ending
    return meaningOfCode(code, says)
  } finally {
    await clear()
  }

  async function clear(): Promise<void> {
    await reach.shut(id)
    await removeContainer(engine.getContainer(name))
    await reach.remove(id)
  }
}

/** An engine of another machine does not find what it is to mount, and Docker Desktop may not show it. */
function isMountRefused(error: unknown): boolean {
  return error instanceof Error && /bind source path does not exist|mounts? denied/i.test(error.message)
}

function meaningOfCode(code: number, says: string): TrialProblem | undefined {
  if (code === 0) return undefined
  if (code === NO_WORK)
    return {
      problem:
        "A container cannot write to a workspace's disk: a rootless engine counts users in its own way.",
      remedy: 'Use the engine of the machine (DOCKER_HOST=unix:///var/run/docker.sock), or bubblewrap.',
      isApart: true,
    }
  if (code === NO_LOCK)
    return {
      problem: `Programs in the image may read ${NODE}, and so the runtime's memory.`,
      remedy: 'docker build -t chispart-sandbox -f infra/docker/sandbox.Dockerfile infra/docker',
      isApart: false,
    }
  if (code === NO_SOCKET)
    return {
      problem: 'Neither sockets of this server nor a program inside reach out of containers.',
      remedy: 'Run the server on the machine of the engine, or use bubblewrap.',
      isApart: true,
    }
  return {
    problem: `A container ends at once (${code}): ${says || 'it said nothing'}`,
    remedy: 'chispart doctor',
    isApart: false,
  }
}
