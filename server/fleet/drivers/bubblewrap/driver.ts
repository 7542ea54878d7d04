// The bubblewrap driver: a sandbox of namespaces, groups and a seccomp filter, without any daemon. There is no
// unsandboxed fallback in it, and sandboxes outlive the server that started them.
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Fault } from '#dsl/fault.ts'
import type {
  Driver,
  DriverProblem,
  SandboxExits,
  SandboxLimits,
  SandboxSpec,
  SandboxStats,
} from '#server/fleet/driver.ts'
import { givenTo } from '#server/fleet/driver.ts'
import {
  closeVolume,
  hurryVolume,
  openVolume,
  removeVolume,
  volumeUsage,
} from '#server/fleet/volume/volume.ts'
import { cgroupDirectories, cgroupUsage, makeCgroup, oomKills, removeCgroup } from './cgroup.ts'
import { bwrapOptions, type Launch } from './command.ts'
import { hurryDisks, limitDisks } from './disk-rate.ts'
import { type OpenExits, openExits } from '#server/fleet/place/exits.ts'
import { groundOf } from './ground.ts'
import { claimHome, FIRST_UID, homeOf } from '#server/fleet/place/home.ts'
import { endProcess, exitCode, killQuietly, lastWords, problemOf, startLogged } from './life.ts'
import { closePlace, openPlace, placeOf } from '#server/fleet/place/place.ts'
import { runtimeCommand } from '#server/fleet/runtime-command.ts'
import { meaningOf } from './probe.ts'
import type { SandboxProcess, Shown } from './process.ts'
import {
  forgetRecord,
  isRunning,
  readRecord,
  type SandboxRecord,
  startTickOf,
  writeRecord,
} from './record.ts'
import { processUsage } from './usage.ts'

export interface BubblewrapOptions {
  /** The server's data directory; ours is `fleet/` below it. */
  readonly dataDir: string
  /** Directory of the bundled runtime: main.js and what it needs. */
  readonly runtimeDir: string
  readonly nodeBinary: string
  /** Files for /etc inside beside the few that every sandbox has: name → text. They hold no secret. */
  readonly etc?: () => Promise<Readonly<Record<string, string>>>
  readonly exits: SandboxExits
  readonly log: (level: 'info' | 'warn', message: string, data?: Readonly<Record<string, unknown>>) => void
}

type ExitReason = 'exited' | 'oom' | 'killed'
type Cgroup = SandboxRecord['cgroup']

/** Why limits do not hold as they should. */
interface Loose {
  readonly unbounded: string | undefined
  readonly unpaced: string | undefined
  readonly cgroup: Cgroup
}

const WATCH_MS = 1000
const PROBE_LIMITS: SandboxLimits = { diskBytes: 1e6, memoryBytes: 1e9, pids: 64, cpus: 1 }

export function bubblewrapDriver(options: BubblewrapOptions): Driver {
  const { dataDir, runtimeDir, nodeBinary, exits, log, etc = () => Promise.resolve({}) } = options
  const place = placeOf(dataDir, process.getuid?.() === 0)
  const home = (id: string): string => homeOf(place, id)
  const prepare = groundOf({ place, dataDir, runtimeDir, nodeBinary, etc })
  const listeners = new Set<(id: string, reason: ExitReason) => void>()
  const opened = new Map<string, OpenExits>()
  const watched = new Map<string, SandboxRecord>()
  let watcher: NodeJS.Timeout | undefined

  async function start(spec: SandboxSpec): Promise<void> {
    const { bwrap, system, tools, disks } = await prepare()
    const at = home(spec.id)
    await stop(spec.id)
    const uid = claimHome(place, at)
    const { diskBytes: bytes, diskBytesPerSecond: bytesPerSecond } = spec.limits
    const cgroup = await makeCgroup(`chispart-${place.tag}-${spec.id}`, spec.limits)
    const control = join(at, 'control')
    // The disk takes as long as the way into the groups: the kernel lets nobody in for some milliseconds.
    const opening = openVolume({ home: at, uid, bytes, root: place.root, bytesPerSecond })
    const shown = opening.then(async (volume): Promise<Shown> => {
      const unpaced = await limitDisks(cgroup, bytesPerSecond, { volume, system: disks })
      tellLimits(spec.id, { unbounded: volume.unbounded, unpaced, cgroup })
      const options = bwrapOptions(system, tools, { control, work: volume.path })
      return { options, fileBytes: volume.unbounded === undefined ? undefined : bytes }
    })
    // Whoever waits for it is told; a failure may come before somebody waits.
    shown.catch(() => undefined)
    let started: SandboxProcess | undefined
    try {
      opened.set(spec.id, await openExits(control, spec.id, exits))
      const launch: Launch = {
        bwrap,
        uid: place.root ? uid : undefined,
        limits: spec.limits,
        cgroups: cgroupDirectories(cgroup),
        command: runtimeCommand(spec),
      }
      started = await startLogged(at, { launch, shown, given: givenTo(spec) })
      await keep(spec.id, started, cgroup)
    } catch (error) {
      if (started !== undefined) killQuietly(started.pid)
      await shown.catch(() => undefined)
      await clear(spec.id, cgroup)
      throw error
    }
  }

  /** A limit that does not hold as it should is said aloud. */
  function tellLimits(id: string, { unbounded, unpaced, cgroup }: Loose): void {
    if (unbounded !== undefined)
      log('warn', 'The disk size holds per file only', { workspace: id, why: unbounded })
    if (unpaced !== undefined) log('warn', 'The disk rate does not hold', { workspace: id, why: unpaced })
    if (cgroup === undefined)
      log('warn', 'No control groups: memory holds per process, CPU and disk rate not at all', {
        workspace: id,
      })
  }

  async function keep(id: string, { child, pid }: SandboxProcess, cgroup: Cgroup): Promise<void> {
    const startTick = await startTickOf(pid)
    if (startTick === undefined) throw new Fault('unavailable', meaningOf(await lastWords(home(id))).problem)
    const record: SandboxRecord = { pid, startTick, ...(cgroup === undefined ? {} : { cgroup }) }
    await writeRecord(home(id), record)
    watched.set(id, record)
    // The server may end before its sandboxes.
    child.unref()
    void exitCode(child).then((code) => gone(id, record, code > 128 ? 'killed' : 'exited'))
  }

  /** Once per sandbox, whoever sees it first; one that was stopped on purpose is not watched any more. */
  async function gone(id: string, record: SandboxRecord, guess: ExitReason): Promise<void> {
    if (watched.get(id) !== record) return
    watched.delete(id)
    const oom = record.cgroup !== undefined && (await oomKills(record.cgroup).catch(() => 0)) > 0
    const reason = oom && guess === 'killed' ? 'oom' : guess
    log('warn', 'A sandbox ended by itself', { workspace: id, reason, says: await lastWords(home(id)) })
    await clear(id, record.cgroup).catch((error: unknown) =>
      log('warn', 'A sandbox left remains', { workspace: id, error }),
    )
    for (const listener of listeners) listener(id, reason)
  }

  async function clear(id: string, cgroup: Cgroup): Promise<void> {
    await opened.get(id)?.close()
    opened.delete(id)
    await forgetRecord(home(id))
    if (cgroup !== undefined) await removeCgroup(cgroup)
    await closeVolume(home(id))
  }

  async function adopt({ id }: SandboxSpec): Promise<boolean> {
    await openPlace(place, dataDir)
    const record = await readRecord(home(id))
    if (record === undefined) return false
    if (!(await isRunning(record))) {
      await clear(id, record.cgroup)
      return false
    }
    if (!opened.has(id)) opened.set(id, await openExits(join(home(id), 'control'), id, exits))
    if (!watched.has(id)) watched.set(id, record)
    // It is no child of this process: nobody tells when it ends, so somebody looks.
    watcher ??= setInterval(() => void look(), WATCH_MS).unref()
    return true
  }

  async function look(): Promise<void> {
    for (const [id, record] of watched) if (!(await isRunning(record))) await gone(id, record, 'killed')
  }

  async function stop(id: string): Promise<void> {
    const record = await readRecord(home(id))
    watched.delete(id)
    if (record !== undefined) await end(id, record)
    await clear(id, record?.cgroup)
  }

  /** What it still writes is not waited for at its own rate. */
  async function end(id: string, record: SandboxRecord): Promise<void> {
    await hurryDisks(record.cgroup)
    await hurryVolume(home(id))
    await endProcess(record)
  }

  async function stats(id: string): Promise<SandboxStats | undefined> {
    const record = await readRecord(home(id))
    if (record === undefined || !(await isRunning(record))) return undefined
    const used = await (record.cgroup === undefined ? processUsage(record.pid) : cgroupUsage(record.cgroup))
    const oom = record.cgroup === undefined ? {} : { oomKills: await oomKills(record.cgroup) }
    return { ...used, ...oom, diskBytes: await volumeUsage(home(id)) }
  }

  async function probe(): Promise<DriverProblem | undefined> {
    try {
      const { bwrap, system, tools } = await prepare()
      const at = join(place.path, 'probe')
      const control = join(at, 'control')
      await mkdir(control, { recursive: true, mode: 0o755 })
      const options = bwrapOptions(system, tools, { control, work: undefined })
      const uid = place.root ? FIRST_UID : undefined
      const command = ['/usr/bin/true']
      const launch = { bwrap, uid, limits: PROBE_LIMITS, cgroups: [], command }
      const shown = Promise.resolve({ options, fileBytes: undefined })
      const { child } = await startLogged(at, { launch, shown, given: '' })
      return (await exitCode(child)) === 0 ? undefined : meaningOf(await lastWords(at))
    } catch (error) {
      return problemOf(error)
    }
  }

  async function remove(id: string): Promise<void> {
    await openPlace(place, dataDir)
    await stop(id)
    await removeVolume(home(id))
  }

  async function close(): Promise<void> {
    clearInterval(watcher)
    watched.clear()
    await Promise.all([...opened.values()].map((exit) => exit.close()))
    opened.clear()
    await closePlace(place)
  }

  return {
    name: 'bubblewrap',
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
