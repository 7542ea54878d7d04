// One container that is really started, to know whether a sandbox can be had: its disk is written, its sockets are
// dialled. It leaves nothing behind.
import { chown, mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { DriverProblem } from '#server/fleet/driver.ts'
import { openExits } from '#server/fleet/place/exits.ts'
import { FIRST_UID } from '#server/fleet/place/home.ts'
import type { Place } from '#server/fleet/place/place.ts'
import { containerOptions, NODE } from './container.ts'
import { type Engine, within } from './engine.ts'
import type { Ground } from './ground.ts'
import { LABEL } from './image.ts'
import { ended, removeContainer, startWith } from './life.ts'
import { ownerOf, preparePaths } from './paths.ts'

const TRIAL_MS = 30_000
const LIMITS = { diskBytes: 1e6, memoryBytes: 268_435_456, pids: 64, cpus: 1 }
const NO_WORK = 11
const NO_SOCKET = 12
const NO_LOCK = 13
/** What stands in for the runtime. */
const PROGRAM = `
const end = (code) => () => process.exit(code)
try { require('fs').openSync('${NODE}'); end(${NO_LOCK})() } catch {}
try { require('fs').writeFileSync('/work/probe', '') } catch { end(${NO_WORK})() }
require('net').connect('/run/chispart/host.sock').once('connect', end(0)).once('error', end(${NO_SOCKET}))`

/** Undefined when all of it worked. Rejects with what the engine says when it refuses. */
export async function tryContainer(
  engine: Engine,
  place: Place,
  ground: Ground,
): Promise<DriverProblem | undefined> {
  // A doctor may look while the server does.
  const home = join(place.path, `probe.${process.pid}`)
  const owner = ownerOf(place.root ? FIRST_UID : (process.getuid?.() ?? 0), ground.base)
  const work = join(home, 'work')
  await mkdir(work, { recursive: true })
  if (place.root) await chown(work, owner.outside, owner.outside)
  const close = (_: string, stream: { destroy(): unknown }): void => void stream.destroy()
  const exits = await openExits(join(home, 'control'), 'probe', { link: close, egress: close })
  const name = `chispart-${place.tag}-probe.${process.pid}`
  try {
    const container = await engine.createContainer({
      ...containerOptions({
        name,
        image: ground.image,
        labels: { [LABEL]: place.tag },
        uid: owner.inside,
        limits: LIMITS,
        seccomp: ground.seccomp,
        paths: await preparePaths(home, work, owner, undefined),
        command: [NODE, '-e', PROGRAM],
      }),
      ...within(),
    })
    await startWith(container, '')
    const { code, says } = await ended(container, AbortSignal.timeout(TRIAL_MS))
    return meaningOfCode(code, says)
  } finally {
    await exits.close()
    await removeContainer(engine.getContainer(name))
    await rm(home, { recursive: true, force: true })
  }
}

function meaningOfCode(code: number, says: string): DriverProblem | undefined {
  if (code === 0) return undefined
  if (code === NO_WORK)
    return {
      problem:
        "A container cannot write to a workspace's disk: a rootless engine counts users in its own way.",
      remedy: 'Use the engine of the machine (DOCKER_HOST=unix:///var/run/docker.sock), or bubblewrap.',
    }
  if (code === NO_LOCK)
    return {
      problem: `Programs in the image may read ${NODE}, and so the runtime's memory.`,
      remedy: 'docker build -t chispart-sandbox -f infra/docker/sandbox.Dockerfile infra/docker',
    }
  if (code === NO_SOCKET)
    return {
      problem:
        'Sockets of this server do not reach into containers: the engine runs in a machine of its own.',
      remedy: 'Run the server on the machine of the engine, or use bubblewrap.',
    }
  return {
    problem: `A container ends at once (${code}): ${says || 'it said nothing'}`,
    remedy: 'chispart doctor',
  }
}
