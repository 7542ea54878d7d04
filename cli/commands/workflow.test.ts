import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fakeWorkflows } from '#dsl/powers/fake/workflows.ts'
import { SEED_KINDS } from '#dsl/workflow/fake/kinds.ts'
import { openServer } from '#cli/test-server.ts'
import type { TestServer } from '#cli/test-server.ts'
import { openStage } from '#cli/test-stage.ts'
import type { Stage } from '#cli/test-stage.ts'

const asked: unknown[] = []
let stage: Stage
let server: TestServer
beforeAll(async () => {
  stage = await openStage()
  server = await openServer({ stepKinds: SEED_KINDS, workflows: fakeWorkflows(asked) })
  mkdirSync(join(stage.directory, 'ci'))
  const write = (name: string, text: string) => writeFileSync(join(stage.directory, 'ci', name), text)
  write('good.yaml', 'name: good\nsteps: [{ id: a, uses: qa.review }, { id: b, uses: qa.review }]\n')
  write('bad.yaml', 'name: bad\nstep: []\nsteps: [{ uses: qa.reviw }]\n')
})
afterAll(async () => {
  await server.close()
  await stage.close()
})
const workflow = (...args: string[]) => stage.run(['workflow', ...args, '--url', server.url])

describe('workflow validate', () => {
  it('prints file:line:column of every problem, and ends with 65', async () => {
    const { code, out, err } = await workflow('validate', 'ci/good.yaml', 'ci/bad.yaml')
    expect(out.toString()).toBe(
      [
        'ci/bad.yaml:2:1: error: There is no field "step" here. Did you mean "steps"?',
        'ci/bad.yaml:3:17: error: There is nothing called "qa.reviw" to use. Did you mean "qa.review"?',
        '',
      ].join('\n'),
    )
    expect([code, err]).toEqual([65, '2 files, 2 errors\n'])
    expect(await workflow('validate', 'ci/good.yaml')).toMatchObject({ code: 0, err: '1 file, 0 errors\n' })
  })

  it('reads patterns itself, and says when one fits no file', async () => {
    const { out } = await workflow('validate', 'ci/*.yaml', 'ci/bad.yaml', '--json')
    const lines = out.toString().trim().split('\n')
    expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { file: 'ci/bad.yaml', valid: false },
      { file: 'ci/good.yaml', valid: true },
    ])
    expect(await workflow('validate', 'x/*.yaml')).toMatchObject({ code: 66 })
  })
})

it('workflow graph prints a line a step, in order', async () => {
  const { out } = await workflow('graph', 'ci/good.yaml')
  expect(out.toString()).toBe(
    'level  step  uses       after\n1      a     qa.review\n2      b     qa.review  a\n',
  )
  const bad = await workflow('graph', 'ci/bad.yaml')
  expect(bad).toMatchObject({ code: 64, err: expect.stringContaining('3:17: There is nothing called') })
})

it('workflow schema prints a JSON Schema', async () => {
  const { out } = await workflow('schema')
  expect(JSON.parse(out.toString())).toMatchObject({ type: 'object' })
})

it('workflow save stores files, and the noun lists what is stored', async () => {
  const { code, out } = await workflow('save', 'ci/good.yaml')
  expect([code, out.toString()]).toEqual([0, 'hello  manual\n'])
  expect(asked).toMatchObject([['save', expect.stringMatching(/^name: good/), undefined]])
  expect((await stage.run(['workflows', '--url', server.url])).out.toString()).toMatch(/^name .*\nhello /)
})
