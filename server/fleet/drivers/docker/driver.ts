// The Docker driver: a sandbox is a container of an engine, with the locks and the filter of every other sandbox, and a disk
// and ways out as they can be had there. It never hands the engine's socket on, and containers outlive the server that
// started them.
import type { ContainerStats } from 'dockerode'
import { toFault } from '#dsl/fault.ts'
import { givenTo } from '#server/fleet/driver.ts'
import type { Driver, DriverProblem, SandboxExits, SandboxSpec, SandboxStats } from '#server/fleet/driver.ts'
import { checkedId } from '#server/fleet/place/home.ts'
import { closePlace, openPlace, placeOf } from '#server/fleet/place/place.ts'
import { runtimeCommand } from '#server/fleet/runtime-command.ts'
import { containerOptions } from './container.ts'
import { faultOf, meaningOf, openEngine, statusOf, within } from './engine.ts'
import { groundOf } from './ground.ts'
import { LABEL } from './image.ts'
import { ended, type Ending, type ExitReason, removeContainer, startWith } from './life.ts'
import type { Outfit } from './reach.ts'
import { createSeek } from './seek.ts'

export interface DockerOptions {
  /** Where the engine listens. */
  readonly socketPath: string
  /** Name of the base image, made by infra/docker/sandbox.Dockerfile. */
  readonly image: string
  /** The server's data directory; ours is `fleet/` below it. */
  readonly dataDir: string
  /** Directory of the bundled runtime: main.js and what it needs. */
  readonly runtimeDir: string
  /** Files for /etc inside: name → text. They hold no secret. */
  readonly etc?: () => Promise<Readonly<Record<string, string>>>
  readonly exits: SandboxExits
  readonly log: (level: 'info' | 'warn', message: string, data?: Readonly<Record<string, unknown>>) => void
}

export function dockerDriver(options: DockerOptions): Driver {
  const { dataDir, runtimeDir, image, exits, log, etc = () => Promise.resolve({}) } = options
  const place = placeOf(dataDir, process.getuid?.() === 0)
  const engine = openEngine(options.socketPath)
  const prepare = groundOf({ engine, place, dataDir, runtimeDir, base: image, etc })
  const unconfined = (why: string): void =>
    log('warn', 'Containers have no AppArmor profile of ours, only what the engine gives', { why })
  const seek = createSeek({ engine, place, exits, prepare, unconfined })
  const listeners = new Set<(id: string, reason: ExitReason) => void>()
  const watched = new Map<string, AbortController>()
  const nameOf = (id: string): string => `chispart-${place.tag}-${checkedId(id)}`
  const containerOf = (id: string) => engine.getContainer(nameOf(id))

  async function start(spec: SandboxSpec): Promise<void> {
    const { id, limits } = spec
    const { reach, apparmor } = await seek.find()
    const ground = await prepare()
    await stop(id)
    try {
      const outfit = await reach.outfit(id, limits, ground)
      tellLimits(id, outfit, ground.unlimited)
      const container = await engine.createContainer({
        ...containerOptions({
          name: nameOf(id),
          image: ground.image,
          labels: { [LABEL]: place.tag },
          limits,
          seccomp: ground.seccomp,
          apparmor,
          outfit,
          command: runtimeCommand(spec),
        }),
        ...within(),
      })
      await startWith(container, givenTo(spec))
      await reach.open(id, container)
    } catch (error) {
      await clearAfter(id)
      throw faultOf(error)
    }
    watch(id)
  }

  /** A limit that does not hold as it should is said aloud. */
  function tellLimits(id: string, { unbounded, unpaced }: Outfit, unlimited: readonly string[]): void {
    if (unbounded !== undefined)
      log('warn', 'The disk of a workspace has no size', { workspace: id, why: unbounded })
    if (unpaced !== undefined) log('warn', 'The disk rate does not hold', { workspace: id, why: unpaced })
    if (unlimited.length > 0)
      log('warn', 'The engine does not enforce every limit', { workspace: id, unlimited })
  }

  function watch(id: string): void {
    const watching = new AbortController()
    watched.set(id, watching)
    ended(containerOf(id), watching.signal).then(
      (ending) => gone(id, watching, ending),
      // Stopped on purpose, or the server ends: nobody wants to know.
      () => undefined,
    )
  }

  /** Once per sandbox; one that was stopped on purpose is not watched any more. */
  async function gone(id: string, watching: AbortController, { reason, says }: Ending): Promise<void> {
    if (watched.get(id) !== watching) return
    watched.delete(id)
    log('warn', 'A sandbox ended by itself', { workspace: id, reason, says })
    await clearAfter(id)
    for (const listener of listeners) listener(id, reason)
  }

  /** The disk stays mounted when the container cannot be removed: it may still write to it. */
  async function clear(id: string): Promise<void> {
    const { reach } = await seek.find()
    await reach.hurry(id, containerOf(id))
    try {
      await removeContainer(containerOf(id))
    } finally {
      await reach.shut(id)
    }
    await reach.release(id)
  }

  /** Where something else is to be told. */
  async function clearAfter(id: string): Promise<void> {
    await clear(id).catch((error: unknown) =>
      log('warn', 'A sandbox left remains', { workspace: id, error: toFault(error).message }),
    )
  }

  async function adopt({ id }: Pick<SandboxSpec, 'id'>): Promise<boolean> {
    await openPlace(place, dataDir)
    const isRunning = await runs(id)
    if (isRunning === undefined) return false
    if (!isRunning) {
      await clear(id)
      return false
    }
    await (await seek.find()).reach.open(id, containerOf(id))
    if (!watched.has(id)) watch(id)
    return true
  }

  /** Undefined when there is no such container. Faults: unavailable. */
  async function runs(id: string): Promise<boolean | undefined> {
    try {
      return (await containerOf(id).inspect(within())).State.Running
    } catch (error) {
      if (statusOf(error) === 404) return undefined
      throw faultOf(error)
    }
  }

  async function stop(id: string): Promise<void> {
    watched.get(id)?.abort()
    watched.delete(id)
    await clear(id)
  }

  async function stats(id: string): Promise<SandboxStats | undefined> {
    const running = await runs(id)
    if (running !== true) return undefined
    const asked = { stream: false as const, 'one-shot': true, ...within() }
    const used: Partial<ContainerStats> = await containerOf(id)
      .stats(asked)
      .catch((error: unknown) => {
        if (statusOf(error) === 404) return {}
        throw faultOf(error)
      })
    // It ended while it was asked.
    if (used.memory_stats?.usage === undefined) return undefined
    return {
      memoryBytes: used.memory_stats.usage,
      pids: used.pids_stats?.current ?? 0,
      cpuMs: Math.round((used.cpu_stats?.cpu_usage.total_usage ?? 0) / 1e6),
      diskBytes: await (await seek.find()).reach.diskBytes(id),
    }
  }

  async function probe(): Promise<DriverProblem | undefined> {
    try {
      return await seek.probe()
    } catch (error) {
      return meaningOf(error)
    }
  }

  async function remove(id: string): Promise<void> {
    await openPlace(place, dataDir)
    await stop(id)
    await (await seek.find()).reach.remove(id)
  }

  async function close(): Promise<void> {
    for (const watching of watched.values()) watching.abort()
    watched.clear()
    await seek.known()?.reach.close()
    await closePlace(place)
  }

  return {
    name: 'docker',
    probe,
    start,
    adopt,
    stop,
    remove,
    stats,
    onExit: (f) => void listeners.add(f),
    close,
  }
}
