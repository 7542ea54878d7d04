import { expect, it } from 'vitest'
import { createEventQueue, JOINED_MAX } from './event-queue.ts'

interface Taken {
  event: unknown
  n: number
  at: number
}

/** A queue whose reader takes nothing until it is let go. */
function heldQueue(joins: boolean) {
  const taken: Taken[] = []
  const held = Promise.withResolvers<void>()
  const queue = createEventQueue(
    async (event, { n, at }) => {
      taken.push({ event, n, at })
      await held.promise
    },
    { joins },
  )
  let n = 0
  let at = 0
  const say = (type: string, data: string, more = {}) => {
    queue.add({ event: { type, data, ...more }, place: { n: (n += 1), at }, bytes: data.length })
    at += Buffer.byteLength(data)
  }
  return { queue, taken, say, letGo: held.resolve }
}

it('texts of one kind that wait together become one event, at the place of the first and with the number of the last', async () => {
  const { queue, taken, say, letGo } = heldQueue(true)
  say('stdout', 'a')
  await Promise.resolve().then(() => undefined)
  for (const data of ['é', 'c', 'd']) say('stdout', data)
  say('stderr', 'e')
  say('stdout', 'f')
  letGo()
  await queue.idle()
  expect(taken).toEqual([
    { event: { type: 'stdout', data: 'a' }, n: 1, at: 0 },
    { event: { type: 'stdout', data: 'écd' }, n: 4, at: 1 },
    { event: { type: 'stderr', data: 'e' }, n: 5, at: 5 },
    { event: { type: 'stdout', data: 'f' }, n: 6, at: 6 },
  ])
  expect(queue.bytes).toBe(0)
})

it('an event that says more than its text stays alone', async () => {
  const { queue, taken, say, letGo } = heldQueue(true)
  say('stdout', 'a')
  say('stdout', 'b', { extra: 1 })
  say('stdout', 'c')
  letGo()
  await queue.idle()
  expect(taken.map(({ n }) => n)).toEqual([1, 2, 3])
})

it('a joined event has a limit, and nothing is joined when that is not wished', async () => {
  const large = heldQueue(true)
  const half = 'x'.repeat(JOINED_MAX / 2)
  for (const data of [half, half, 'y']) large.say('stdout', data)
  large.letGo()
  await large.queue.idle()
  expect(large.taken.map(({ n }) => n)).toEqual([2, 3])
  const apart = heldQueue(false)
  for (const data of ['a', 'b']) apart.say('stdout', data)
  apart.letGo()
  await apart.queue.idle()
  expect(apart.taken.map(({ n }) => n)).toEqual([1, 2])
})

it('what comes behind a refusal is not handed on, and the refusal is told', async () => {
  const taken: unknown[] = []
  const queue = createEventQueue(
    (event) => {
      taken.push(event)
      return Promise.reject(new Error('full'))
    },
    { joins: false },
  )
  for (const n of [1, 2]) queue.add({ event: n, place: { n, at: 0 }, bytes: 1 })
  await expect(queue.idle()).rejects.toThrow('full')
  queue.add({ event: 3, place: { n: 3, at: 0 }, bytes: 1 })
  await expect(queue.idle()).rejects.toThrow('full')
  expect(taken).toEqual([1])
})

it('texts between which something is missing stay apart', async () => {
  const { queue, taken, letGo } = heldQueue(true)
  const add = (data: string, n: number, at: number) =>
    queue.add({ event: { type: 'stdout', data }, place: { n, at }, bytes: data.length })
  add('a', 1, 0)
  add('b', 2, 1)
  add('y', 25, 24)
  add('z', 26, 25)
  letGo()
  await queue.idle()
  expect(taken.map(({ event, at }) => [(event as { data: string }).data, at])).toEqual([
    ['ab', 0],
    ['yz', 24],
  ])
})
