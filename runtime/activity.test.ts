import { expect, it } from 'vitest'
import { createActivity } from './activity.ts'

it('counts what happens, and what goes on each time that it is asked for', async () => {
  const activity = createActivity()
  expect([activity.count(), activity.count()]).toEqual([0, 0])
  activity.touch()
  expect([activity.count(), activity.count()]).toEqual([1, 1])
  const act = Promise.withResolvers<string>()
  const going = activity.during(act.promise)
  const [first, second] = [activity.count(), activity.count()]
  expect(second).toBeGreaterThan(first)
  act.resolve('done')
  expect(await going).toBe('done')
  const after = activity.count()
  expect(after).toBeGreaterThan(second)
  expect(activity.count()).toBe(after)
  await expect(activity.during(Promise.reject(new Error('no')))).rejects.toThrow('no')
  const last = activity.count()
  expect(activity.count()).toBe(last)
})
