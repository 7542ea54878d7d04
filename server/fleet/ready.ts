// Whether sandboxes can be started here. A yes is kept; a no is asked again, because a person may have put it right.
import type { Log } from '#server/log.ts'
import type { Driver, DriverProblem } from './driver.ts'

/** Undefined when a sandbox can be started. Many who ask at once cost one probe. */
export type SandboxReady = () => Promise<DriverProblem | undefined>

export function createReady(driver: Driver, log: Log): SandboxReady {
  let asking: Promise<DriverProblem | undefined> | undefined

  async function ask(): Promise<DriverProblem | undefined> {
    const problem = await driver.probe()
    if (!problem) return undefined
    asking = undefined
    log.warn(problem, 'no sandbox can be started')
    return problem
  }

  return () => {
    asking ??= ask().catch((error: unknown) => {
      asking = undefined
      throw error
    })
    return asking
  }
}
