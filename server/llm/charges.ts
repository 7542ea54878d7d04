// What language models cost each person: a call is written with what it can cost at most before it is asked, so that calls
// side by side never pass the plan's dollars together, and with what it did cost after it. It asks no model.
import { randomUUID } from 'node:crypto'
import { overQuota } from '#dsl/policy/quota.ts'
import type { PlanQuota } from '#dsl/policy/quota.ts'
import type { Store } from '#server/store/store.ts'
import { transact } from '#server/workflow/database.ts'
import { dollarsUsed } from '#server/workflow/run-quota.ts'

/** Seed of the advisory lock under which a person's calls are counted. */
const LOCK = 4

export interface NewCharge {
  readonly owner: string
  readonly quota: PlanQuota
  /** US dollars, at most. */
  readonly costUsd: number
}

/** Answers the id of the charge. Fault: exhausted (the numbers, and how to raise it). */
export function openCharge({ db }: Store, { owner, quota, costUsd }: NewCharge): Promise<string> {
  const { plan, usdPerMonth: limit } = quota
  return transact(db.$client, async (on) => {
    if (limit !== undefined) {
      await on`select pg_advisory_xact_lock(hashtextextended(${owner}, ${LOCK}))`
      const used = await dollarsUsed(on, owner)
      if (used + costUsd > limit) {
        const said =
          `The call could cost ${dollars(costUsd)}, and of the ${dollars(limit)} for language models that the plan ` +
          `"${plan}" has a month ${dollars(used)} are spent or reserved.`
        const remedy = 'Ask with less text or a lower max_tokens, wait for the next month'
        throw overQuota({ quota: 'usdPerMonth', used, limit, plan, said, remedy })
      }
    }
    const id = randomUUID()
    await on`insert into llm_charges (id, owner_id, amount) values (${id}, ${owner}, ${roundedUp(costUsd)})`
    return id
  })
}

/** What the call did cost. */
export async function settleCharge({ db }: Store, id: string, costUsd: number): Promise<void> {
  await db.$client`update llm_charges set amount = ${roundedUp(costUsd)} where id = ${id}`
}

/** Nothing was asked, or nothing answered. */
export async function dropCharge({ db }: Store, id: string): Promise<void> {
  await db.$client`delete from llm_charges where id = ${id}`
}

/** To what the column keeps. */
const roundedUp = (amount: number) => Math.ceil(amount * 1e6) / 1e6

/** Cents, and as many digits more as a small sum needs. */
function dollars(amount: number): string {
  return `$${amount >= 0.1 || amount === 0 ? amount.toFixed(2) : amount.toPrecision(2)}`
}
