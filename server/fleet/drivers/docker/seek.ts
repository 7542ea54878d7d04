// Which reach an engine has, and whether its machine has our AppArmor profile, found out by really trying. It never changes
// its mind about the reach: what was made by one is found again by no other.
import type { DriverProblem, SandboxExits } from '#server/fleet/driver.ts'
import type { Place } from '#server/fleet/place/place.ts'
import { type Engine, unavailable } from './engine.ts'
import { farReach } from './far.ts'
import type { Ground } from './ground.ts'
import { nearReach } from './near.ts'
import type { Reach } from './reach.ts'
import { tryContainer } from './trial.ts'

/** Of infra/sandbox/apparmor/chispart. */
export const PROFILE = 'chispart'
const ABSENT = "The engine's machine has no AppArmor."
const UNLOADED =
  'It is not loaded, or nothing runs under it: sudo apparmor_parser -r -W infra/sandbox/apparmor/chispart'

export interface SeekParts {
  readonly engine: Engine
  readonly place: Place
  readonly exits: SandboxExits
  readonly prepare: () => Promise<Ground>
  /** Told once, if containers have no profile of ours. */
  readonly unconfined: (why: string) => void
  /** Another trial, for tests: no kernel has AppArmor at will. */
  readonly attempt?: typeof tryContainer
}

export interface Found {
  readonly reach: Reach
  /** For `apparmor=`; undefined: what the engine takes by itself. */
  readonly apparmor: string | undefined
}

export interface Seek {
  /** Runs a container, by what is known. Answers why there can be none. Faults: whatever the engine says. */
  probe(): Promise<DriverProblem | undefined>
  /** Faults: unavailable, with the remedy. */
  find(): Promise<Found>
  /** Undefined as long as nothing was found. */
  known(): Found | undefined
}

export function createSeek(parts: SeekParts): Seek {
  const { engine, place, exits, prepare, unconfined, attempt = tryContainer } = parts
  let found: Found | undefined
  let probing: Promise<DriverProblem | undefined> | undefined
  let isTold = false

  async function look(): Promise<DriverProblem | undefined> {
    const ground = await prepare()
    if (found) return settle(ground, found.reach)
    const problem = await settle(ground, nearReach(place, exits))
    if (!problem?.isApart) return problem
    return (await settle(ground, farReach(engine, place, exits))) === undefined ? undefined : problem
  }

  /** With our profile where that works, else without. */
  async function settle(ground: Ground, reach: Reach) {
    const tried = (apparmor: string | undefined) => attempt({ engine, place, ground, reach, apparmor })
    const isConfined =
      ground.hasApparmor &&
      (await tried(PROFILE).then(
        (problem) => problem === undefined,
        // An engine refuses a profile that is not loaded; what else it says, it says again.
        () => false,
      ))
    const problem = isConfined ? undefined : await tried(undefined)
    if (problem !== undefined) return problem
    found = { reach, apparmor: isConfined ? PROFILE : undefined }
    if (!isConfined && !isTold) unconfined(ground.hasApparmor ? UNLOADED : ABSENT)
    isTold ||= !isConfined
    return undefined
  }

  /** One container for all who ask meanwhile. */
  function probe(): Promise<DriverProblem | undefined> {
    const over = () => void (probing = undefined)
    if (!probing) (probing = look()).then(over, over)
    return probing
  }

  async function find(): Promise<Found> {
    const problem = found ? undefined : await probe()
    if (found) return found
    throw unavailable(problem ?? { problem: 'No container can be had.', remedy: 'chispart doctor' })
  }

  return { probe, find, known: () => found }
}
