// What each person may use, by the plan that they have now. It reads the file of plans once, and counts nothing itself.
import { readFileSync } from 'node:fs'
import { Fault } from '#dsl/fault.ts'
import type { Allowlist } from '#dsl/policy/plan.ts'
import { Plans, quotaOf } from '#dsl/policy/quota.ts'
import type { PlanQuota } from '#dsl/policy/quota.ts'
import type { SandboxLimits } from './fleet/driver.ts'
import type { Store } from './store/store.ts'
import { findUser } from './store/users.ts'

/** The quotas of a person. Faults: denied (no such plan), not_found (no such person). */
export type QuotaFor = (owner: string) => Promise<PlanQuota>

/** Plan → quota. Fault: invalid (what is wrong with the file, or which plan of the allow-list it lacks). */
export function loadPlans(file: string, allowlist: Allowlist): Plans {
  const plans = readPlans(file)
  const missing = Object.keys(allowlist).filter((plan) => !Object.hasOwn(plans, plan))
  if (missing.length > 0)
    throw refused(`names ${file}, which lacks plans of CHISPART_ALLOWLIST: ${missing.join(', ')}.`)
  return plans
}

function readPlans(file: string): Plans {
  try {
    return Plans.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch (cause) {
    throw refused(
      `names a file that holds no quotas of plans: ${file}. See config/plans.json for one.`,
      cause,
    )
  }
}

function refused(problem: string, cause?: unknown): Fault {
  return new Fault('invalid', `The configuration does not fit:\n  CHISPART_PLANS ${problem}`, {
    data: { problems: [{ field: 'CHISPART_PLANS', problem }] },
    cause,
  })
}

export function quotaFor(store: Store, plans: Plans): QuotaFor {
  return async (owner) => {
    const user = await findUser(store, owner)
    if (!user) throw new Fault('not_found', `There is no person "${owner}" any more.`)
    return quotaOf(plans, user.plan)
  }
}

const MEBIBYTE = 2 ** 20
export const inBytes = (mebibytes: number): number => mebibytes * MEBIBYTE

/** What each sandbox of the plan gets. */
export function sandboxLimits(quota: PlanQuota): SandboxLimits {
  const { cpus, memoryMiB, diskMiB, diskMiBPerSecond: rate, pids } = quota
  const limits = { cpus, pids, memoryBytes: inBytes(memoryMiB), diskBytes: inBytes(diskMiB) }
  return rate === undefined ? limits : { ...limits, diskBytesPerSecond: inBytes(rate) }
}
