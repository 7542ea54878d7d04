import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Workflow } from '#dsl/workflow/model.ts'
import { runs } from './run-tables.ts'
import { ownerOfRun } from './runs.ts'
import { users } from './tables.ts'
import { openTestStore } from './test-store.ts'
import type { TestStore } from './test-store.ts'

let test: TestStore
beforeAll(async () => void (test = await openTestStore()))
afterAll(() => test.close())

it('a run has the owner who began it, and one that is not there has none', async () => {
  const { db } = test.store
  await db.insert(users).values({ id: 'ana', name: 'Ana', role: 'owner', plan: 'libre' })
  await db.insert(runs).values({
    ...{ id: 'r1', ownerId: 'ana', plan: 'libre', number: 1, workflow: 'hello', state: 'queued' },
    ...{ trigger: 'manual', source: '', file: 'hello.yaml', model: {} as Workflow, inputs: {} },
  })
  expect(await ownerOfRun(test.store, 'r1')).toBe('ana')
  expect(await ownerOfRun(test.store, 'r2')).toBeUndefined()
})
