import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { SEED_KINDS } from '#dsl/workflow/fake/kinds.ts'
import { parseWorkflow } from '#dsl/workflow/parse.ts'
import { loadExamples } from './examples.ts'

const FOLDER = fileURLToPath(new URL('../../workflows', import.meta.url))
const files = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' }).filter((name) =>
  name.endsWith('.yaml'),
)

describe('the example workflows', () => {
  it.each(files)('%s has no problem, not even a warning', (name) => {
    const { problems, workflow } = parseWorkflow(readFileSync(join(FOLDER, name), 'utf8'), SEED_KINDS)
    expect(problems).toEqual([])
    expect(workflow).toBeDefined()
  })

  it('are all offered by their names', () => {
    const top = files.filter((name) => !name.includes('/')).map((name) => name.replace('.yaml', ''))
    expect(top).toEqual(
      expect.arrayContaining(['approval', 'feature-branch-ci', 'hello', 'matrix', 'nightly']),
    )
    expect([...loadExamples(FOLDER, SEED_KINDS).keys()].sort()).toEqual(top.sort())
  })
})
