// What a list shows when answers overtake one another, or do not come.
import { describe, expect, it } from 'vitest'
import { Fault } from '#dsl/fault.ts'
import { createList } from './list.ts'

interface Item {
  readonly id: string
}

function stage() {
  const answers: { resolve: (items: Item[]) => void; reject: (fault: Fault) => void }[] = []
  let online = true
  const list = createList<Item>({
    link: { isOnline: () => online, watch: () => () => undefined },
    everyMs: 1000,
    ask: () => new Promise((resolve, reject) => answers.push({ resolve, reject })),
  })
  return { list, answers, offline: () => (online = false) }
}

describe('a list', () => {
  it('is unknown until the first answer', async () => {
    const { list, answers } = stage()
    expect(list.known()).toBe(false)
    const asked = list.refresh()
    answers[0]?.resolve([])
    await asked
    expect(list.known()).toBe(true)
  })
  it('lets go of an answer that a newer one has overtaken', async () => {
    const { list, answers } = stage()
    const asked = [list.refresh(), list.refresh()]
    answers[1]?.resolve([{ id: 'new' }])
    answers[0]?.resolve([{ id: 'old' }])
    await Promise.all(asked)
    expect(list.items).toEqual([{ id: 'new' }])
  })
  it('keeps what it shows beside a fault, until the next answer', async () => {
    const { list, answers } = stage()
    const first = list.refresh()
    answers[0]?.resolve([{ id: 'a' }])
    await first
    const second = list.refresh()
    answers[1]?.reject(new Fault('internal', 'Broken.'))
    await second
    expect([list.items.length, list.fault()?.code]).toEqual([1, 'internal'])
    const third = list.refresh()
    answers[2]?.resolve([])
    await third
    expect([list.items.length, list.fault()]).toEqual([0, undefined])
  })
  it('says nothing of a lost connection: the page does', async () => {
    const { list, answers, offline } = stage()
    const asked = list.refresh()
    offline()
    answers[0]?.reject(new Fault('unavailable', 'Gone.'))
    await asked
    expect(list.fault()).toBeUndefined()
  })
})
