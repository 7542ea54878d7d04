import { describe, expect, it } from 'vitest'
import { cronProblem } from './cron.ts'
import { SEED_KINDS } from './fake/kinds.ts'
import { globProblem, matchesAny, matchesGlob } from './glob.ts'
import { inputsJsonSchema, readInputs } from './inputs.ts'
import { loadWorkflow } from './parse.ts'
import { groupOf, triggered } from './trigger.ts'
import type { Happening } from './trigger.ts'

const workflow = (head: string) =>
  loadWorkflow(`name: Night Run\n${head}\nsteps: [{ uses: qa.review }]\n`, SEED_KINDS)
const starts = (on: string, happening: Happening): boolean =>
  triggered(workflow(`on: ${on}`), happening) !== undefined
const push = (ref: string, paths?: string[]): Happening => ({
  type: 'github',
  body: null,
  event: 'push',
  ref,
  ...(paths && { paths }),
})
const pull = (action: string, base = 'main'): Happening => ({
  type: 'github',
  body: null,
  event: 'pull_request',
  action,
  base,
})

describe('what happens', () => {
  it.each<[on: string, happening: Happening, wanted: boolean]>([
    ['[manual, github:pull_request.opened]', { type: 'manual' }, true],
    ['[manual, github:pull_request.opened]', pull('opened'), true],
    ['[manual, github:pull_request.opened]', pull('closed'), false],
    ['github:pull_request', pull('synchronize'), true],
    ['github:pull_request', pull('labeled'), false],
    ['github:push', { type: 'manual' }, false],
    ['{ github: { push: { branches: [main] } } }', push('refs/heads/main'), true],
    ['{ github: { push: { branches: [main] } } }', push('refs/heads/other'), false],
    ['{ github: { push: { branches: [main] } } }', push('refs/tags/v1'), false],
    ['{ github: { push: { tags: ["v*"] } } }', push('refs/tags/v1'), true],
    ['{ github: { push: { tags: ["v*"] } } }', push('refs/heads/v1'), false],
    ['{ github: { push: { tags-ignore: ["v*"] } } }', push('refs/tags/v1'), false],
    ['{ github: { push: { branches-ignore: ["wip/**"] } } }', push('refs/heads/wip/a/b'), false],
    ['{ github: { push: { branches-ignore: ["wip/**"] } } }', push('refs/heads/main'), true],
    ['{ github: { push: { branches: ["**", "!wip/**"] } } }', push('refs/heads/wip/a'), false],
    ['{ github: { pull_request: { branches: [main] } } }', pull('opened', 'main'), true],
    ['{ github: { pull_request: { branches: [main] } } }', pull('opened', 'dev'), false],
    ['{ github: { push: { paths: ["src/**"] } } }', push('refs/heads/main', ['docs/a', 'src/b']), true],
    ['{ github: { push: { paths: ["src/**"] } } }', push('refs/heads/main', ['docs/a']), false],
    ['{ github: { push: { paths-ignore: ["docs/**"] } } }', push('refs/heads/main', ['docs/a']), false],
    ['{ github: { push: { paths-ignore: ["docs/**"] } } }', push('refs/heads/main', ['docs/a', 'b']), true],
    ['{ github: { push: { paths: ["src/**"] } } }', push('refs/heads/main'), true],
    ['"cron:0 3 * * *"', { type: 'cron', cron: '0 3 * * *', tz: 'UTC' }, true],
    ['"cron:0 3 * * *"', { type: 'cron', cron: '0 4 * * *', tz: 'UTC' }, false],
    ['webhook', { type: 'webhook', name: 'night-run', body: {} }, true],
    ['webhook', { type: 'webhook', name: 'other', body: {} }, false],
    [
      '{ webhook: { if: github.event.go } }',
      { type: 'webhook', name: 'night-run', body: { go: true } },
      true,
    ],
    [
      '{ webhook: { if: github.event.go } }',
      { type: 'webhook', name: 'night-run', body: { go: false } },
      false,
    ],
  ])('with on: %s starts a run or not: %j', (on, happening, wanted) => {
    expect(starts(on, happening)).toBe(wanted)
  })
})

describe('a filter pattern', () => {
  it.each([
    ['main', 'main', true],
    ['feature/*', 'feature/a', true],
    ['feature/*', 'feature/a/b', false],
    ['feature/**', 'feature/a/b', true],
    ['**', 'a/b', true],
    ['*', 'a/b', false],
    ['v[12].[0-9]+.[0-9]+', 'v1.10.1', true],
    ['v[12].[0-9]+.[0-9]+', 'v3.10.1', false],
    ['*.jsx?', 'page.js', true],
    ['*.jsx?', 'page.jsx', true],
    ['**/README.md', 'README.md', true],
    ['**/README.md', 'js/a/README.md', true],
    ['**/README.md', 'xREADME.md', false],
    ['**/*-post.md', 'a/b/my-post.md', true],
    ['docs/**/*.md', 'docs/x.md', true],
    ['docs/**/*.md', 'docs/a/b/x.md', true],
    ['docs/*', 'docs/a/b', false],
    ["'\\*'", "'*'", true],
    ['a.c', 'abc', false],
  ])('%s on %s: %s', (pattern, text, wanted) => {
    expect(matchesGlob(pattern, text)).toBe(wanted)
  })

  it('takes back what a later one takes out', () => {
    expect(matchesAny(['releases/**', '!releases/**-alpha'], 'releases/10-alpha')).toBe(false)
    expect(matchesAny(['releases/**', '!releases/**-alpha', 'releases/1-alpha'], 'releases/1-alpha')).toBe(
      true,
    )
  })

  it.each(['+a', '?', '[', '[]', '[a'])('%s cannot be read', (pattern) => {
    expect(globProblem(pattern)).toBeDefined()
  })

  it('takes one pass, whatever it is', () => {
    const cpu = process.cpuUsage()
    expect(matchesGlob('*a'.repeat(50), 'a'.repeat(5000) + 'b')).toBe(false)
    expect(process.cpuUsage(cpu).user / 1000).toBeLessThan(1500)
  })
})

describe('a cron line', () => {
  it.each([
    '* * * * *',
    '0 3 * * 1-5',
    '*/15 0,12 1-7 jan,JUL mon-fri',
    '0 0 29 2 *',
    '5/10 * * * 7',
    '0 0 30 2 1',
  ])('%s is one', (line) => {
    expect(cronProblem(line)).toBeUndefined()
  })

  it.each([
    '',
    '* * * *',
    '* * * * * *',
    '60 * * * *',
    '* 24 * * *',
    '* * 0 * *',
    '* * * 13 *',
    '* * * * 8',
    '5-1 * * * *',
    '*/0 * * * *',
    'a * * * *',
    '1,,2 * * * *',
    '0 0 30 2 *',
    '@daily',
  ])('%j is none', (line) => {
    expect(cronProblem(line)).toMatch(/\.$/)
  })
})

describe('the inputs of a run', () => {
  const asked = workflow(`on:
  manual:
    inputs:
      env: { type: choice, options: [dev, prod], required: true }
      count: { type: number, default: 3 }
      dry: { type: boolean }
      note:`)

  it('are those given, then the defaults', () => {
    expect(readInputs(asked, { env: 'dev' })).toEqual({ env: 'dev', count: 3, dry: false, note: '' })
  })

  it.each([
    [{}, 'inputs.env: It is required.'],
    [{ env: 'x' }, 'inputs.env: It is one of: dev, prod.'],
    [{ env: 'dev', count: '3' }, 'inputs.count: It is a number.'],
    [{ env: 'dev', cuont: 3 }, 'inputs.cuont: There is no such input. Did you mean "count"?'],
  ])('%j are refused with the reason', (given, message) => {
    expect(() => readInputs(asked, given)).toThrow(message)
  })

  it('are a JSON Schema for a form', () => {
    const [trigger] = asked.on
    expect(inputsJsonSchema(trigger?.type === 'manual' ? trigger.inputs : {})).toMatchObject({
      required: ['env'],
      properties: {
        env: { enum: ['dev', 'prod'] },
        count: { type: 'number', default: 3 },
        dry: { type: 'boolean' },
      },
    })
  })
})

describe('the group of a run', () => {
  const scope = { names: { context: { branch: 'feat/x' } } }

  it('is named by an expression, within its workflow', () => {
    const head = 'concurrency: { group: "deploy-${context.branch}", cancel-in-progress: true, queue: 5 }'
    expect(groupOf(workflow(head), scope)).toEqual({
      key: 'Night Run/deploy-feat/x',
      cancel_in_progress: true,
      queue: 5,
    })
    expect(groupOf(workflow('concurrency: one'), scope)).toEqual({
      key: 'Night Run/one',
      cancel_in_progress: false,
      queue: 1,
    })
  })

  it('is none when runs may overlap', () => {
    expect(groupOf(workflow(''), scope)).toBeUndefined()
  })
})
