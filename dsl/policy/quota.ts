// Quotas: how much a person of a plan may use. Deny by default: a plan without an entry may use nothing. It counts nothing itself.
import { z } from 'zod'
import { Fault } from '#dsl/fault.ts'

const count = () => z.int().min(1).max(1_000_000)
const mebibytes = () => z.int().min(64).max(16_777_216)

/** What a sandbox needs is always said; a quota that is left out has no limit. */
export const Quota = z.strictObject({
  /** Workspaces that run at once; one that a run works in counts as a run. */
  workspaces: count().optional(),
  /** Runs of workflows at once; the next one waits. */
  runs: count().optional(),
  /** Of each workspace. Cores; fractions allowed. */
  cpus: z.number().min(0.1).max(1024),
  memoryMiB: mebibytes(),
  diskMiB: mebibytes(),
  /** Read from disks, and as much written, in a second. */
  diskMiBPerSecond: count().optional(),
  /** Processes and threads. */
  pids: z.int().min(32).max(1_000_000),
  /** After so long without activity a workspace is stopped. */
  idleMinutes: count().optional(),
  /** Minutes that steps ran, side by side or not, in a month of UTC. */
  runMinutesPerMonth: z.number().min(0).optional(),
  /** US dollars for language models in a month of UTC. */
  usdPerMonth: z.number().min(0).optional(),
  /** Artifacts that are kept at one time. */
  artifactMiB: z.int().min(0).optional(),
})
export type Quota = z.output<typeof Quota>

/** `config/plans.json`: plan → quota. */
export const Plans = z.record(z.string().regex(/^[a-z][a-z0-9_-]{0,31}$/), Quota)
export type Plans = z.output<typeof Plans>

export interface PlanQuota extends Quota {
  readonly plan: string
}

/** Faults: denied (no such plan). */
export function quotaOf(plans: Plans, plan: string): PlanQuota {
  const quota = Object.hasOwn(plans, plan) ? plans[plan] : undefined
  if (quota === undefined)
    throw new Fault(
      'denied',
      `There is no plan "${plan}", so nothing may be used. Plans: ${Object.keys(plans).join(', ')}.`,
    )
  return { plan, ...quota }
}

/** The quotas that can run out. */
export type QuotaName = 'workspaces' | 'runs' | 'runMinutesPerMonth' | 'usdPerMonth' | 'artifactMiB'

export interface OverQuota {
  readonly quota: QuotaName
  readonly used: number
  readonly limit: number
  readonly plan: string
  /** What is used and what it is not enough for, as sentences. */
  readonly said: string
  /** What the person can do about it, as half a sentence: `Stop one`. */
  readonly remedy: string
}

/** A quota that is used up. Who raises it is always said: the operator, by its name in the file of plans. */
export function overQuota({ said, remedy, ...data }: OverQuota): Fault {
  const { quota, plan } = data
  const raise = `have the operator raise "${quota}" of the plan "${plan}" (CHISPART_PLANS).`
  return new Fault('exhausted', `${said} ${remedy}, or ${raise}`, { data })
}
