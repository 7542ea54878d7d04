import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Workflows } from '#dsl/powers/workflows.ts'
import { SEED_KINDS } from '#dsl/workflow/fake/kinds.ts'
import { openTestStore } from '#server/store/test-store.ts'
import type { TestStore } from '#server/store/test-store.ts'
import { users } from '#server/store/tables.ts'
import { loadExamples } from '#server/workflow/examples.ts'
import { workflowsPower } from './workflows.ts'

let test: TestStore
let ada: Workflows
let ben: Workflows
const examples = loadExamples(fileURLToPath(new URL('../../workflows', import.meta.url)), SEED_KINDS)

beforeAll(async () => {
  test = await openTestStore()
  await test.store.db
    .insert(users)
    .values(['ada', 'ben'].map((id) => ({ id, name: id, role: 'owner' as const, plan: 'libre' })))
  const power = (user: string) => workflowsPower({ store: test.store, kinds: SEED_KINDS, examples }, user)
  ada = power('ada')
  ben = power('ben')
})
afterAll(() => test.close())

const DUSK = `name: dusk
description: Every night
on:
  - cron: '0 3 * * *'
  - manual: { inputs: { who: { default: you } } }
  - github:pull_request.opened
steps: [{ uses: shell.exec, with: { cmd: 'true' } }]
`

describe('stored workflows', () => {
  it("list the examples beside one's own, by name", async () => {
    const shown = async () => (await ada.list()).map(({ name, example }) => `${name} ${example}`)
    const before = await shown()
    expect(before).toContain('hello true')
    await ada.save(DUSK)
    expect(await shown()).toEqual([...before, 'dusk false'].sort((a, b) => a.localeCompare(b, 'en')))
  })

  it('say what starts them and what they ask for', async () => {
    await ada.save(DUSK, 'dusk')
    expect(await ada.get('dusk')).toMatchObject({
      description: 'Every night',
      triggers: ['cron:0 3 * * *', 'manual', 'github:pull_request.opened'],
      text: DUSK,
      inputs: { who: { type: 'string', default: 'you' } },
    })
  })

  it('belong to one person', async () => {
    await ada.save(DUSK)
    await expect(ben.get('dusk')).rejects.toMatchObject({ code: 'not_found' })
    await expect(ben.remove('dusk')).rejects.toMatchObject({ code: 'not_found' })
    expect((await ben.list()).every(({ example }) => example)).toBe(true)
  })

  it('are replaced by the next of their name, also an example, which removing brings back', async () => {
    const own = await ben.save(DUSK.replace('name: dusk', 'name: hello'))
    expect(own).toMatchObject({ name: 'hello', example: false })
    await ben.save(DUSK.replace('name: dusk', 'name: hello').replace('Every', 'Each'))
    const hellos = (await ben.list()).filter(({ name }) => name === 'hello')
    expect(hellos).toMatchObject([{ example: false, description: 'Each night' }])
    await ben.remove('hello')
    expect(await ben.get('hello')).toMatchObject({ example: true })
    await expect(ben.remove('hello')).rejects.toMatchObject({ code: 'forbidden' })
  })

  it('are not saved with a problem, nor under a name that is not theirs', async () => {
    await expect(ada.save('name: broken\nstep: []\n', 'broken')).rejects.toMatchObject({
      code: 'invalid',
      message: expect.stringContaining('broken.yaml:1:1') as unknown,
    })
    await expect(ada.save(DUSK, 'daily')).rejects.toMatchObject({
      message: 'The file calls itself "dusk", not "daily". Change its name, or yours.',
    })
    await expect(ada.get('broken')).rejects.toMatchObject({ code: 'not_found' })
  })
})
