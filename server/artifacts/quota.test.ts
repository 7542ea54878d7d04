import { afterAll, beforeAll, expect, it } from 'vitest'
import { createArtifacts } from './artifacts.ts'
import { OWNER, openTestArtifacts, place, stream } from './test-artifacts.ts'
import type { TestArtifacts } from './test-artifacts.ts'

const MIB = 1_048_576
const QUOTA = { plan: 'small', cpus: 1, memoryMiB: 512, diskMiB: 512, pids: 64, artifactMiB: 2 }
const file = (name: string, run = 'r1') => ({
  ...({ ...place('build', run), name, kind: 'file', type: 'text/plain' } as const),
})
let stage: TestArtifacts
let artifacts: ReturnType<typeof createArtifacts>

beforeAll(async () => {
  stage = await openTestArtifacts()
  const sql = stage.store.db.$client
  await sql`insert into users (id, name, role, plan) values (${OWNER}, 'Ana', 'member', 'small')`
  for (const id of ['r1', 'r2'])
    await sql`insert into runs (id, owner_id, plan, number, workflow, state, trigger, source, file, model, inputs)
      values (${id}, ${OWNER}, 'small', 1, 'w', 'running', 'manual', '', 'w.yaml', '{}', '{}')`
  artifacts = createArtifacts({ ...stage, quotaFor: () => Promise.resolve(QUOTA) })
})
afterAll(async () => {
  await artifacts.close()
  await stage.close()
})

const add = (name: string, bytes: number, run?: string) =>
  artifacts.keeper.add(file(name, run), stream('x'.repeat(bytes)))

it('keeps as many bytes of a person as their plan says, over all runs and however many come at once', async () => {
  await add('one', MIB)
  const both = await Promise.allSettled([add('two', 0.75 * MIB, 'r2'), add('three', 0.75 * MIB)])
  expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
  await expect(add('four', 0.5 * MIB)).rejects.toMatchObject({
    code: 'exhausted',
    message: expect.stringMatching(
      /^"four" has 0\.5 MiB, and 1\.75 of the 2 MiB .*"small" keeps are used\. .*CHISPART_PLANS/,
    ) as string,
    data: { quota: 'artifactMiB', used: 1.75, limit: 2, plan: 'small' },
  })
  // The one that is replaced is not counted beside what takes its place.
  await add('one', 1.25 * MIB)
})

it('still keeps the log that says so', async () => {
  const log = await artifacts.keeper.log(place())
  await log.append(0, Buffer.alloc(MIB / 2, 'x'))
  await log.close()
  const kept = await artifacts.powerFor(OWNER, 'http://localhost').list('r1')
  expect(kept.map(({ kind }) => kind)).toContain('log')
})

it('lets go of what has expired', async () => {
  stage.pass(400 * 86_400_000)
  await add('five', 2 * MIB)
})
