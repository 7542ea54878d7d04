import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadAllowlist } from './config.ts'
import { loadPlans, quotaFor, sandboxLimits } from './quotas.ts'
import { openTestStore } from './store/test-store.ts'
import type { TestStore } from './store/test-store.ts'

const ALLOWLIST = loadAllowlist('config/allowlist.json')
const folder = mkdtempSync(join(tmpdir(), 'plans-'))
afterAll(() => rmSync(folder, { recursive: true }))

describe('the file of plans', () => {
  const write = (name: string, content: unknown) => {
    const file = join(folder, name)
    writeFileSync(file, JSON.stringify(content))
    return file
  }

  it('has every plan of the allow-list, from the smallest to the one without quotas', () => {
    const plans = loadPlans('config/plans.json', ALLOWLIST)
    const { gratis, basico, pro, libre } = plans
    const names = [
      'workspaces',
      'runs',
      'cpus',
      'memoryMiB',
      'diskMiB',
      'diskMiBPerSecond',
      'usdPerMonth',
    ] as const
    for (const name of names) {
      expect(gratis?.[name]).toBeLessThan(basico?.[name] ?? 0)
      expect(basico?.[name]).toBeLessThan(pro?.[name] ?? 0)
    }
    expect(libre).toEqual({ cpus: 2, memoryMiB: 4096, diskMiB: 10240, diskMiBPerSecond: 200, pids: 2048 })
  })

  it('that is none, or lacks a plan, is refused with the variable that names it', () => {
    expect(() => loadPlans('package.json', {})).toThrow(/CHISPART_PLANS .*package\.json/)
    const small = write('small.json', { gratis: { cpus: 1, memoryMiB: 512, diskMiB: 512, pids: 64 } })
    expect(() => loadPlans(small, ALLOWLIST)).toThrow(/CHISPART_PLANS .*basico, pro, libre/)
    expect(Object.keys(loadPlans(small, { gratis: [] }))).toEqual(['gratis'])
  })
})

describe('the quotas of a person', () => {
  let postgres: TestStore
  const sql = () => postgres.store.db.$client
  beforeAll(async () => {
    postgres = await openTestStore()
    await sql()`insert into users (id, name, role, plan) values ('ana', 'Ana', 'member', 'gratis')`
  })
  afterAll(() => postgres.close())

  it('are those of the plan that they have now', async () => {
    const quota = quotaFor(postgres.store, loadPlans('config/plans.json', ALLOWLIST))
    expect(sandboxLimits(await quota('ana'))).toEqual({
      cpus: 0.5,
      pids: 256,
      memoryBytes: 2 ** 30,
      diskBytes: 2 ** 31,
      diskBytesPerSecond: 50 * 2 ** 20,
    })
    await sql()`update users set plan = 'pro' where id = 'ana'`
    expect(await quota('ana')).toMatchObject({ plan: 'pro', workspaces: 10 })
    expect(sandboxLimits({ plan: 'own', cpus: 1, pids: 64, memoryMiB: 64, diskMiB: 64 })).not.toHaveProperty(
      'diskBytesPerSecond',
    )
    await expect(quota('bo')).rejects.toMatchObject({ code: 'not_found' })
  })
})
