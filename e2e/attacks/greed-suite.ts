// The abuses of greed.ts over a server: whatever one workspace takes, the server answers others quickly, no plan has more than
// its own numbers say, and the abused workspace comes back.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { Plans, quotaOf } from '#dsl/policy/quota.ts'
import { LAIR } from '#e2e/stage/attacked.ts'
import type { Attacked } from '#e2e/stage/attacked.ts'
import { startBystander } from '#e2e/stage/bystander.ts'
import { ROOT } from '#e2e/stage/command.ts'
import { runInside } from './entrances.ts'
import { GREED, LIMITS } from './greed.ts'

/**
 * What a ping may take at the 99th of 100, and how much more for what it takes in peace: a machine that is busy with other
 * things adds that. The figures of a quiet one are those of the bench.
 */
const QUICK_MS = 100
const NOISE = 8
const RETRIED = { retry: 2, timeout: 180_000 }
const root = process.getuid?.() === 0

const PLANS = Plans.parse(JSON.parse(readFileSync(join(ROOT, 'config/plans.json'), 'utf8')))
/** A plan whose sandbox has the same numbers as another's has the same limits. */
const DIFFERENT = Object.keys(PLANS).filter(
  (plan, index, all) => all.findIndex((one) => numbers(one) === numbers(plan)) === index,
)

function numbers(plan: string): string {
  const { cpus, memoryMiB, diskMiB, diskMiBPerSecond, pids } = quotaOf(PLANS, plan)
  return JSON.stringify([cpus, memoryMiB, diskMiB, diskMiBPerSecond, pids])
}

export function greedSuite(at: () => Attacked): void {
  describe('a workspace that takes all it can get', () => {
    let noise = 0
    const listen = async () => {
      const peace = await startBystander(at().server.url, at().server.ownerToken)
      await at().run('neighbour', 'sleep 2')
      noise = Math.max(noise, await peace.p99())
    }
    beforeAll(listen)

    /** What else the machine does changes all the time. */
    async function expectQuick(p99: number): Promise<void> {
      if (p99 >= QUICK_MS + NOISE * noise) await listen()
      expect(p99).toBeLessThan(QUICK_MS + NOISE * noise)
    }

    it.each(GREED)('of $name leaves the server quick', RETRIED, async ({ command, timeout }) => {
      const { server, owner, run } = at()
      const bystander = await startBystander(server.url, server.ownerToken)
      await run('mad', `export LC_ALL=C; ${command}`, timeout)
      const p99 = await bystander.p99()
      await owner.call('workspace.stop', { workspace: 'mad' })
      expect(await run('mad', 'echo back')).toBe('back\n')
      await expectQuick(p99)
    })

    it.each(DIFFERENT)('gets no more than the plan %s has', RETRIED, async (plan) => {
      const quota = quotaOf(PLANS, plan)
      const limits = LIMITS.filter(({ asRoot }) => root || !asRoot)
      const person = at().people.get(plan)
      if (person === undefined) throw new Error(`Nobody has the plan "${plan}".`)
      const bystander = await startBystander(at().server.url, at().server.ownerToken)
      const commands = limits.map(({ command }) => `export LC_ALL=C; ${command(quota)}`)
      const heard = await runInside(person, LAIR, plan, commands, 1)
      const p99 = await bystander.p99()
      for (const [index, { name, taken, least, most }] of limits.entries()) {
        const got = taken(heard[index] ?? '')
        const fits = got >= least && got <= most(quota)
        expect([name, got, heard[index], fits]).toEqual([name, got, heard[index], true])
      }
      await expectQuick(p99)
    })
  })
}
