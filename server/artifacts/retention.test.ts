import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { BlobStore } from './blob-store.ts'
import { sweep } from './retention.ts'
import { openTestArtifacts, place, stream } from './test-artifacts.ts'
import type { TestArtifacts } from './test-artifacts.ts'

const DAY_MS = 86_400_000

let stage: TestArtifacts
beforeAll(async () => void (stage = await openTestArtifacts()))
afterAll(() => stage.close())

const add = (name: string, text: string, retentionDays?: number) =>
  stage.keeper.add(
    { ...place(), name, kind: 'file', type: 'text/plain', ...(retentionDays && { retentionDays }) },
    stream(text),
  )
const swept = (blobs: BlobStore = stage.blobs) => sweep({ ...stage, blobs }, new AbortController().signal)
const names = async () => (await stage.mine.list('r1')).map(({ name }) => name)

describe('a sweep', () => {
  it('removes what has expired, and its bytes with the last that refers to them', async () => {
    const { sha256 } = await add('one day', 'shared', 1)
    await add('ten days', 'shared', 10)
    const { sha256: own } = await add('alone', 'not shared', 1)
    stage.pass(2 * DAY_MS)
    await swept()
    expect(await names()).toEqual(['ten days'])
    expect(await stage.blobs.head(sha256)).toBeDefined()
    expect(await stage.blobs.head(own)).toBeUndefined()
    stage.pass(9 * DAY_MS)
    await swept()
    expect(await names()).toEqual([])
    expect(await stage.blobs.head(sha256)).toBeUndefined()
  })

  it('leaves alone what somebody is just about to refer to', async () => {
    const { sha256 } = await add('leased', 'fresh bytes')
    await stage.store.db.$client`delete from artifacts where name = 'leased'`
    await swept()
    expect(await stage.blobs.head(sha256)).toBeDefined()
    stage.pass(7 * 3_600_000)
    await swept()
    expect(await stage.blobs.head(sha256)).toBeUndefined()
  })

  it('that removes bytes while the same are added again leaves them there', async () => {
    const { sha256 } = await add('old', 'once more', 1)
    stage.pass(2 * DAY_MS)
    const removing = Promise.withResolvers<undefined>()
    const go = Promise.withResolvers<undefined>()
    const slow: BlobStore = {
      ...stage.blobs,
      async remove(one) {
        removing.resolve(undefined)
        await go.promise
        await stage.blobs.remove(one)
      },
    }
    const sweeping = swept(slow)
    await removing.promise
    const adding = add('new', 'once more')
    await expect.poll(waitingForLock).toBe(1)
    go.resolve(undefined)
    await Promise.all([sweeping, adding])
    expect(await stage.blobs.head(sha256)).toBeDefined()
    expect(await names()).toEqual(['new'])
  })

  it('never takes bytes from under those who add the same again and again', async () => {
    // Three go round the same texts ten rounds apart, longer than a lease: what one replaced is swept before the next
    // adds it again, or just then.
    const adder = async (n: number) => {
      for (let round = 0; round < 45; round++) {
        stage.pass(20 * 60_000)
        const { sha256 } = await add(`churn ${n}`, `churn ${(round + 10 * n) % 30}`)
        if (!(await stage.blobs.head(sha256))) throw new Error(`lost in round ${round}`)
      }
    }
    let adding = true
    let removed = 0
    const counting: BlobStore = {
      ...stage.blobs,
      remove: (sha256) => ((removed += 1), stage.blobs.remove(sha256)),
    }
    const sweeper = async () => {
      while (adding) await swept(counting)
    }
    const sweepers = [sweeper(), sweeper()]
    await Promise.all([0, 1, 2].map(adder)).finally(() => (adding = false))
    await Promise.all(sweepers)
    expect(removed).toBeGreaterThan(20)
    expect(await names()).toEqual(expect.arrayContaining(['churn 0', 'churn 1', 'churn 2']))
  })

  it('is sure that a reference which comes after its lease is refused, not left without bytes', async () => {
    const { sha256 } = await add('gone', 'too late', 1)
    stage.pass(2 * DAY_MS)
    await swept()
    const late = stage.store.db.$client`
      insert into artifacts (id, run, step, attempt, name, kind, type, sha256, bytes, "expiresAt")
      values ('x', 'r1', 'a', 1, 'x', 'file', 'text/plain', ${sha256}, 8, now())`
    await expect(late).rejects.toMatchObject({ code: '23503' })
  })

  it('removes logs with their artifact, and those that nobody closed', async () => {
    const closed = await stage.keeper.log(place('closed'))
    await closed.append(0, Buffer.from('done'))
    await closed.close()
    const open = await stage.keeper.log(place('open'))
    await open.append(0, Buffer.from('half'))
    await stage.store.db.$client`update step_logs set "grownAt" = ${stage.now().toISOString()}`
    stage.pass(31 * DAY_MS)
    await swept()
    expect(await stage.store.db.$client`select step from step_logs`).toEqual([])
    expect(await stage.store.db.$client`select step from step_log_chunks`).toEqual([])
    await expect(stage.mine.log('r1', 'closed', { offset: 0 })).rejects.toMatchObject({ code: 'not_found' })
  })
})

async function waitingForLock(): Promise<number> {
  const [row] = await stage.store.db.$client<{ n: number }[]>`
    select count(*)::int as n from pg_stat_activity where wait_event_type = 'Lock' and query like '%blobs%'`
  return row?.n ?? 0
}
