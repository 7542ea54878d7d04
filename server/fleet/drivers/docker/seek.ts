// Which reach an engine has, found out by really trying it. It never changes its mind: what was made by one reach is found
// again by no other.
import type { DriverProblem, SandboxExits } from '#server/fleet/driver.ts'
import type { Place } from '#server/fleet/place/place.ts'
import { type Engine, unavailable } from './engine.ts'
import { farReach } from './far.ts'
import type { Ground } from './ground.ts'
import { nearReach } from './near.ts'
import type { Reach } from './reach.ts'
import { tryContainer } from './trial.ts'

export interface SeekParts {
  readonly engine: Engine
  readonly place: Place
  readonly exits: SandboxExits
  readonly prepare: () => Promise<Ground>
}

export interface Seek {
  /** Runs a container, by what is known. Answers why there can be none. Faults: whatever the engine says. */
  probe(): Promise<DriverProblem | undefined>
  /** Faults: unavailable, with the remedy. */
  reach(): Promise<Reach>
  /** Undefined as long as none was found. */
  known(): Reach | undefined
}

export function createSeek({ engine, place, exits, prepare }: SeekParts): Seek {
  let found: Reach | undefined
  let probing: Promise<DriverProblem | undefined> | undefined

  async function look(): Promise<DriverProblem | undefined> {
    const ground = await prepare()
    const attempt = (reach: Reach) => tryContainer({ engine, place, ground, reach })
    if (found) return attempt(found)
    const near = nearReach(place, exits)
    const problem = await attempt(near)
    if (problem === undefined) found = near
    if (!problem?.isApart) return problem
    const far = farReach(engine, place, exits)
    if ((await attempt(far)) !== undefined) return problem
    found = far
    return undefined
  }

  /** One container for all who ask meanwhile. */
  function probe(): Promise<DriverProblem | undefined> {
    const over = () => void (probing = undefined)
    if (!probing) (probing = look()).then(over, over)
    return probing
  }

  async function reach(): Promise<Reach> {
    const problem = found ? undefined : await probe()
    if (found) return found
    throw unavailable(problem ?? { problem: 'No container can be had.', remedy: 'chispart doctor' })
  }

  return { probe, reach, known: () => found }
}
