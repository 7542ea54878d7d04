import { describe, expect, it } from 'vitest'
import { Plans, overQuota, quotaOf } from './quota.ts'

const BOX = { cpus: 1, memoryMiB: 1024, diskMiB: 1024, pids: 64 }

describe('the quotas of a plan', () => {
  it('are those of the file, and nothing for a plan that it does not have', () => {
    const plans = Plans.parse({ small: { ...BOX, runs: 2 } })
    expect(quotaOf(plans, 'small')).toEqual({ plan: 'small', ...BOX, runs: 2 })
    for (const plan of ['', 'other', 'constructor', '__proto__'])
      expect(() => quotaOf(plans, plan)).toThrow(/There is no plan .* Plans: small/)
  })

  it('say what a sandbox needs, and are written as they are called', () => {
    expect(Plans.safeParse({ small: { cpus: 1 } }).success).toBe(false)
    expect(Plans.safeParse({ small: { ...BOX, workspace: 1 } }).success).toBe(false)
    expect(Plans.safeParse({ small: { ...BOX, runs: 0 } }).success).toBe(false)
  })

  it('that are used up are told with the numbers and who raises them', () => {
    const used = { quota: 'runs', used: 2, limit: 2, plan: 'small' } as const
    const fault = overQuota({ ...used, said: 'Two run.', remedy: 'Cancel one' })
    expect(fault).toMatchObject({
      code: 'exhausted',
      message: 'Two run. Cancel one, or have the operator raise "runs" of the plan "small" (CHISPART_PLANS).',
      data: used,
    })
  })
})
