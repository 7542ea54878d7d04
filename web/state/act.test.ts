import { expect, it } from 'vitest'
import { Fault } from '#dsl/fault.ts'
import { createAct } from './act.ts'

it('is done once at a time, and says what went wrong until it is tried again', async () => {
  const done: string[] = []
  let held = Promise.withResolvers<void>()
  const act = createAct(async (name: string) => {
    done.push(name)
    await held.promise
  })
  const first = act.go('one')
  await act.go('two')
  expect([done, act.busy()]).toEqual([['one'], true])
  held.reject(new Fault('conflict', 'no'))
  await first
  expect([act.busy(), act.fault()?.code]).toEqual([false, 'conflict'])
  held = Promise.withResolvers<void>()
  const third = act.go('three')
  expect([done, act.fault()]).toEqual([['one', 'three'], undefined])
  held.resolve()
  await third
  expect([act.busy(), act.fault()]).toEqual([false, undefined])
})
