import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { Fault } from '#dsl/fault.ts'
import type { ChatAnswer, Llm } from '#dsl/powers/llm.ts'
import { estimateBy } from '#server/llm/estimate.ts'
import { openTestStore } from '#server/store/test-store.ts'
import type { TestStore } from '#server/store/test-store.ts'
import { meteredLlm } from './metered-llm.ts'

/** A token of either kind costs one cent. */
const PRICES = { m: { input: 10_000, output: 10_000 } }
const QUOTA = { plan: 'small', cpus: 1, memoryMiB: 512, diskMiB: 512, pids: 64 }
const ASKED = { messages: [{ role: 'user', content: 'hello' }], maxTokens: 10 } as const
const NEVER = new AbortController().signal
const silent = () => Promise.resolve()
let postgres: TestStore
const sql = () => postgres.store.db.$client

beforeAll(async () => {
  postgres = await openTestStore()
  await sql()`insert into users (id, name, role, plan)
    values ('ana', 'Ana', 'member', 'small'), ('bo', 'Bo', 'member', 'small')`
})
afterAll(() => postgres.close())
beforeEach(() => sql()`delete from llm_charges`)

const answer = (costUsd: number): ChatAnswer => ({
  ...{ text: 'hi', provider: 'p', model: 'm', finish: 'stop', costUsd, priced: true },
  usage: { inputTokens: 1, outputTokens: 1 },
})
const llmOf = (chat: Llm['chat'], usdPerMonth: number | undefined = 2, owner = 'ana') => {
  const quota = { ...QUOTA, ...(usdPerMonth === undefined ? {} : { usdPerMonth }) }
  const parts = { llm: { chat }, store: postgres.store, estimateOf: estimateBy(PRICES, 'm') }
  return meteredLlm({ ...parts, quotaFor: () => Promise.resolve(quota) }, owner)
}
const charged = async () => {
  const rows = await sql()<{ amount: string }[]>`select amount from llm_charges order by amount`
  return rows.map(({ amount }) => Number(amount))
}

describe('the dollars of a month', () => {
  it('are spent by what calls did cost, and a call that could pass them is refused unasked', async () => {
    let asked = 0
    const llm = llmOf((_, told) => (asked++, told('hi').then(() => answer(1.6))))
    await llm.chat(ASKED, silent, NEVER)
    expect(await charged()).toEqual([1.6])
    const fault = await llm.chat(ASKED, silent, NEVER).then(
      () => undefined,
      (error: unknown) => error as Fault,
    )
    expect(fault).toMatchObject({
      code: 'exhausted',
      data: { quota: 'usdPerMonth', used: 1.6, limit: 2, plan: 'small' },
    })
    expect(fault?.message).toMatch(/could cost \$0\.\d\d.* \$2\.00 .* \$1\.60 are spent.*CHISPART_PLANS/)
    expect(asked).toBe(1)
    await llmOf(() => Promise.resolve(answer(0.1)), 2, 'bo').chat(ASKED, silent, NEVER)
  })

  it('are never passed by calls that are asked at once', async () => {
    const waiting = Promise.withResolvers<ChatAnswer>()
    const llm = llmOf(() => waiting.promise)
    const calls = Array.from({ length: 12 }, () => llm.chat(ASKED, silent, NEVER))
    const refused = calls.map((call) =>
      call.then(
        () => 'answered',
        () => 'refused',
      ),
    )
    // Each can cost 47 cents: four fit into two dollars.
    await Promise.all(refused.map((one) => Promise.race([one, until(4)])))
    expect((await charged()).reduce((sum, one) => sum + one, 0)).toBeLessThanOrEqual(2)
    waiting.resolve(answer(0.2))
    const ends = await Promise.all(refused)
    expect(ends.filter((end) => end === 'answered')).toHaveLength((await charged()).length)
    expect(ends.filter((end) => end === 'refused').length).toBeGreaterThan(0)
  })

  it('are not spent by a provider that refuses, but by half an answer, at most what it could cost', async () => {
    const refuses = llmOf(() => Promise.reject(new Fault('rate_limited', 'Later.')))
    await expect(refuses.chat(ASKED, silent, NEVER)).rejects.toMatchObject({ code: 'rate_limited' })
    expect(await charged()).toEqual([])
    const breaks = llmOf(async (_, told) => {
      await told('h')
      throw new Fault('unavailable', 'It broke.')
    })
    await expect(breaks.chat(ASKED, silent, NEVER)).rejects.toMatchObject({ code: 'unavailable' })
    expect(await charged()).toEqual([0.47])
  })

  it('of a plan without such a quota are counted all the same, and last month is over', async () => {
    await llmOf(() => Promise.resolve(answer(5)), undefined).chat(ASKED, silent, NEVER)
    expect(await charged()).toEqual([5])
    await sql()`update llm_charges set at = date_trunc('month', now(), 'UTC') - interval '1 second'`
    await llmOf(() => Promise.resolve(answer(0.3))).chat(ASKED, silent, NEVER)
  })
})

/** Resolves when so many calls are charged. */
async function until(count: number): Promise<void> {
  while ((await charged()).length < count) continue
}
