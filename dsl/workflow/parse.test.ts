import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { Fault } from '#dsl/fault.ts'
import { SEED_KINDS } from './fake/kinds.ts'
import { loadWorkflow, parseWorkflow } from './parse.ts'
import { printProblem } from './problem.ts'

const example = (name: string): string =>
  readFileSync(new URL(`../../workflows/${name}`, import.meta.url), 'utf8')
const problems = (text: string): readonly string[] =>
  parseWorkflow(text, SEED_KINDS).problems.map((problem) => printProblem(problem, 'w.yaml'))
const codes = (text: string): readonly string[] =>
  parseWorkflow(text, SEED_KINDS).problems.map(({ code }) => code)
const steps = (yaml: string, head = ''): string => `name: x\n${head}steps:\n${yaml}`

describe("the seed's example", () => {
  const workflow = loadWorkflow(example('feature-branch-ci.yaml'), SEED_KINDS)

  it('parses without a problem', () => {
    expect(problems(example('feature-branch-ci.yaml'))).toEqual([])
  })

  it('starts by hand and when a pull request is opened', () => {
    expect(workflow.on).toEqual([
      { type: 'manual', inputs: {} },
      { type: 'github', event: 'pull_request', types: ['opened'] },
    ])
  })

  it('keeps its limits', () => {
    expect(workflow.policy).toMatchObject({ max_cost_usd: 2.5, max_time_ms: 1_800_000 })
    expect(workflow.policy.allow_commands).toContain('npm ci')
  })

  it('runs its steps one after the other, and pr also reads plan, qa and tests', () => {
    expect(
      workflow.steps.map(({ id, needs }) => [id, needs.map(({ from, kind }) => `${kind} ${from}`)]),
    ).toEqual([
      ['plan', []],
      ['build', ['after plan']],
      ['qa', ['after build']],
      ['tests', ['after qa']],
      ['pr', ['after tests', 'reads qa', 'reads plan']],
    ])
  })

  it('finds an op by its alias and keeps its name', () => {
    expect(workflow.steps[1]).toMatchObject({ uses: 'exec', with: { pty: true, timeout: 900_000 } })
  })
})

describe('a workflow', () => {
  it('of the documentation has no problem', () => {
    const [, yaml = ''] = /```yaml\n(.*?)```/s.exec(example('../docs/workflows.md')) ?? []
    expect(yaml).toContain('steps:')
    expect(problems(yaml)).toEqual([])
  })

  it('hello needs nothing', () => {
    expect(problems(example('hello.yaml'))).toEqual([])
  })

  it('gives a step what defaults say, where the step has such a field', () => {
    const text = steps(
      '  - { id: a, uses: exec, with: { cmd: ls } }\n  - { id: b, uses: qa.review, retry: { attempts: 5 } }\n',
      'defaults: { timeout: 5000, retry: 2, with: { cwd: /work/app } }\n',
    )
    const [a, b] = loadWorkflow(text, SEED_KINDS).steps
    expect(a).toMatchObject({ timeout: 5000, with: { cmd: 'ls', cwd: '/work/app' }, retry: { attempts: 2 } })
    expect(b).toMatchObject({ with: {}, retry: { attempts: 5, backoff: 'exponential' } })
  })

  it.each([
    ['a name', 'on: webhook\n', [{ type: 'webhook', name: 'x' }]],
    ['nothing', '', [{ type: 'manual', inputs: {} }]],
    ['a cron name', 'on: "cron:0 3 * * 1-5"\n', [{ type: 'cron', cron: '0 3 * * 1-5', tz: 'UTC' }]],
    [
      'a map of cron',
      'on: { cron: [{ cron: 0 3 * * *, tz: Europe/Madrid }] }\n',
      [{ type: 'cron', cron: '0 3 * * *', tz: 'Europe/Madrid' }],
    ],
    [
      'a map of github',
      'on:\n  github:\n    push: { branches: [main, "!wip/**"] }\n    pull_request:\n',
      [
        { type: 'github', event: 'push', branches: ['main', '!wip/**'] },
        { type: 'github', event: 'pull_request' },
      ],
    ],
    [
      'a key of github',
      'on: { "github:pull_request.closed": { branches: main } }\n',
      [{ type: 'github', event: 'pull_request', types: ['closed'], branches: ['main'] }],
    ],
    [
      'typed inputs',
      'on: { manual: { inputs: { env: { type: choice, options: [a, b], default: a } } } }\n',
      [
        {
          type: 'manual',
          inputs: { env: { type: 'choice', required: false, options: ['a', 'b'], default: 'a' } },
        },
      ],
    ],
  ])('may be started by %s', (_, on, wanted) => {
    const text = steps('  - { id: a, uses: exec, with: { cmd: ls } }\n', on)
    expect(problems(text)).toEqual([])
    expect(loadWorkflow(text, SEED_KINDS).on).toEqual(wanted)
  })

  it('may have an approval that uses nothing, an anchor, and fields that are expressions of another kind', () => {
    const text = steps(
      '  - id: a\n    uses: exec\n    env: &e { A: 1 }\n    with: { cmd: ls, timeout: "${{ inputs.t }}" }\n' +
        '  - { id: gate, approval: { message: "Ship ${context.branch}?" }, env: *e }\n',
      'on: { manual: { inputs: { t: { type: number, default: 1 } } } }\n',
    )
    expect(problems(text)).toEqual([])
    expect(loadWorkflow(text, SEED_KINDS).steps[1]).toMatchObject({ env: { A: '1' }, approval: {} })
  })
})

describe('what is wrong with a file', () => {
  it('is told all at once, in order, with the place and what would make it right', () => {
    const text = `name: bad
on:
  github:pull_request.openned:
  cron: '61 * * * *'
polcy: {}
steps:
  - id: a
    uses: shell.exce
    with: { cmd: ls }
  - id: b
    uses: shell.exec
    needs: [aa]
    with: { cmdd: ls, timeout: soon }
  - id: b
    uses: shell.exec
    if: \${{ steps.c.okk && steps.zz.ok }}
    with:
      cmd: |
        echo "hi $(cat \${{ steps.a.output }})"
        ls \${{ inputs.x }}
    retry: { attempts: many }
  - id: c
    uses: exec
    needs: [b, c]
    with: { cmd: "echo \${{ secrets.X }}" }
  - id: d
    uses: exec
    with: { cmd: "ls \${{ matrix.x }}" }
`
    expect(problems(text)).toEqual([
      'w.yaml:3:3: error: The event pull_request has no action "openned". Did you mean "pull_request.opened"?',
      'w.yaml:4:9: error: "61" is not a minute: it goes from 0 to 59. As in "0 3 * * 1-5".',
      'w.yaml:5:1: error: There is no field "polcy" here. Did you mean "policy"?',
      'w.yaml:8:11: error: There is nothing called "shell.exce" to use. Did you mean "shell.exec"?',
      'w.yaml:12:13: error: There is no step "aa". Did you mean "a"?',
      'w.yaml:13:5: error: "cmd" is missing. Give it a text.',
      'w.yaml:13:13: error: There is no field "cmdd" here. Did you mean "cmd"?',
      'w.yaml:13:32: error: This has to be a number.',
      'w.yaml:14:9: error: There is another step "b", in step 2 of the list. Give each its own id.',
      'w.yaml:16:13: error: A step has no "okk". Did you mean "ok"?',
      'w.yaml:16:28: error: There is no step "zz".',
      'w.yaml:19:24: error: A value cannot stand here: the shell would read it as more than a text. Give the value to the step as env, or as a word of its own: program ${{ value }}.',
      'w.yaml:20:16: error: There is no input "x". Declare it: on: { manual: { inputs: … } }.',
      'w.yaml:21:24: error: This has to be a number.',
      'w.yaml:24:16: error: A step cannot need itself.',
      'w.yaml:25:28: error: A secret never enters a sandbox. Requests to a host get theirs at the egress proxy; other uses need a step that runs in the server.',
      'w.yaml:28:26: error: The step has no matrix.',
    ])
  })

  it.each([
    [
      'a circle',
      steps(
        '  - { id: a, uses: qa.review, needs: c }\n  - { id: b, uses: qa.review }\n  - { id: c, uses: qa.review }\n',
      ),
      /:5:5: error: These steps wait for each other in a circle: (a → b → c → a|b → c → a → b|c → a → b → c)\./,
    ],
    [
      'an expression that does not parse',
      steps('  - { id: a, uses: qa.review, if: "1 = 1" }\n'),
      /:3:38: error: Unexpected symbol: "=". Compare with "==".$/,
    ],
    [
      'an expression that does not end',
      steps('  - { id: a, uses: exec, with: { cmd: "ls ${{ 1" } }\n'),
      /:3:43: error: The expression that starts here does not end. Close it with }}\.$/,
    ],
    [
      'a mixed if',
      steps('  - { id: a, uses: qa.review, if: "true && ${{ false }}" }\n'),
      /warning: This is text around expressions, so it always holds/,
    ],
    [
      'a command that the policy denies',
      steps(
        '  - { id: a, uses: exec, with: { cmd: "npm ci && rm -rf x" } }\n',
        'policy: { allow_commands: [npm ci] }\n',
      ),
      /:4:50: warning: It would be denied: .* Add "rm" to policy/,
    ],
    [
      'an unknown context',
      steps('  - { id: a, uses: exec, with: { cmd: "ls ${{ contxt.x }}" } }\n'),
      /Did you mean "context"/,
    ],
    [
      'almost the short form',
      steps('  - { id: a, uses: exec, with: { cmd: "ls ${context.x || 1}" } }\n'),
      /warning: .* stays as it is/,
    ],
    [
      'a matrix that is too big',
      steps(`  - { id: a, uses: qa.review, matrix: { a: [${'1,'.repeat(17)}], b: [${'1,'.repeat(17)}] } }\n`),
      /256 combinations at most; here are 289/,
    ],
    ['no steps', 'name: x\n', /:1:1: error: "steps" is missing. Give it a list.$/],
    ['no name', 'steps: [{ uses: qa.review }]\n', /"name" is missing/],
    ['a file that is a list', '- a\n', /:1:1: error: A workflow is a map/],
    ['an empty file', '', /The file is empty/],
    ['a step of nothing', steps('  - { id: a }\n'), /The step uses nothing/],
    [
      'a choice without options',
      steps('  - { uses: qa.review }\n', 'on: { manual: { inputs: { a: { type: choice } } } }\n'),
      /A choice needs options/,
    ],
    [
      'a wrong choice',
      steps('  - { uses: qa.review, with: { ruleset: strickt } }\n'),
      /"strickt" is not a choice here. Did you mean "strict"/,
    ],
    [
      'an event without its github:',
      steps('  - { uses: qa.review }\n', 'on: { push: { branches: main } }\n'),
      /Did you mean "github:push"/,
    ],
    [
      'a step that reads itself',
      steps('  - { id: a, uses: qa.review, if: steps.a.ok }\n'),
      /cannot read itself/,
    ],
  ])('names %s', (_, text, wanted) => {
    expect(problems(text).join('\n')).toMatch(new RegExp(wanted.source, 'm'))
  })

  it('is a fault with every problem in its data when the workflow is needed', () => {
    const load = () => loadWorkflow('name: x\nstep: []\n', SEED_KINDS, 'ci.yaml')
    expect(load).toThrow(/^ci\.yaml:1:1: error: "steps" is missing.* And 1 more\.$/)
    expect(load).toThrow(Fault)
  })
})

const K = 1024
const HOSTILE: readonly (readonly [name: string, text: string, code: string | RegExp])[] = [
  ['5 MB', 'a: b\n'.repeat(K * K), 'yaml.size'],
  [
    'an alias bomb',
    `a0: &a0 [x,x]\n${Array.from({ length: 40 }, (_, i) => `a${i + 1}: &a${i + 1} [*a${i},*a${i}]\n`).join('')}`,
    'yaml.limit',
  ],
  ['many aliases', `a: &a [1]\nb: [${'*a,'.repeat(2000)}]\n`, 'yaml.limit'],
  ['an alias to nothing', 'a: *b\n', /\byaml\./],
  ['an alias to itself', 'a: &a { b: *a }\n', /\b(yaml|key|field)\./],
  ['__proto__', 'name: x\n__proto__: { a: 1 }\n', 'yaml.key'],
  ['constructor', 'name: x\nsteps: [{ with: { constructor: 1 } }]\n', 'yaml.key'],
  ['a merge key', 'a: &a { b: 1 }\nname: x\nenv:\n  <<: *a\n', 'yaml.merge'],
  ['a key that is a list', '? [a]\n: b\n', 'yaml.key'],
  ['a key that is a number', '1: b\n', 'yaml.key'],
  ['the same key twice', 'name: x\nname: y\n', 'yaml.duplicate'],
  ['two documents', 'name: x\n---\nname: y\n', 'yaml.documents'],
  ['very many documents', '---\n'.repeat(20 * K), /\byaml\./],
  ['tabs', 'name: x\nsteps:\n\t- a\n', 'yaml.tab_as_indent'],
  ['very many tabs', `a:\n${'\tb: 1\n'.repeat(20 * K)}`, /\byaml\./],
  ['deep lists', `a: ${'['.repeat(200 * K)}`, 'yaml.limit'],
  ['deep maps', `a: ${'{a: '.repeat(50 * K)}`, 'yaml.limit'],
  ['deep lists with items', `a: ${'[a,'.repeat(60 * K)}`, 'yaml.limit'],
  ['deep dashes', '- '.repeat(100 * K), 'yaml.limit'],
  ['deep questions', '? '.repeat(100 * K), 'yaml.limit'],
  ['deep indentation', Array.from({ length: 600 }, (_, i) => `${' '.repeat(i)}a:\n`).join(''), /\byaml\./],
  ['many keys', Array.from({ length: 20 * K }, (_, i) => `k${i}: 1\n`).join(''), /\b(yaml|key)\./],
  ['many anchors', '&a '.repeat(60 * K), 'yaml.limit'],
  ['many tags', '- !!x y\n'.repeat(30 * K), 'yaml.limit'],
  ['many quotes', '"'.repeat(200 * K), /\byaml\./],
  ['many colons', ': '.repeat(100 * K), /\byaml\./],
  ['only newlines', '\n'.repeat(200 * K), /\byaml\./],
  ['only NULs', '\0'.repeat(200 * K), /\b(yaml|field)\./],
  ['only percents', '%A\n'.repeat(60 * K), /\byaml\./],
  ['a binary tag', 'name: !!binary aGk=\n', /\byaml\./],
  ['not a number', 'name: x\nsteps: [{ timeout: .nan }]\n', 'yaml.value'],
  [
    'a circle of needs',
    steps('  - { id: a, uses: qa.review, needs: b }\n  - { id: b, uses: qa.review, needs: a }\n'),
    'graph.cycle',
  ],
  ['deep expressions', steps(`  - { uses: qa.review, if: "${'('.repeat(10 * K)}" }\n`), /^expression\./],
  ['many nots', steps(`  - { uses: qa.review, if: "${'!'.repeat(10 * K)}1" }\n`), /^expression\./],
  [
    'a long expression',
    steps(`  - { uses: qa.review, if: "${'1 || '.repeat(10 * K)}1" }\n`),
    'expression.limit',
  ],
  [
    'a million combinations',
    steps(
      `  - { uses: qa.review, matrix: { ${'abcdefgh'
        .split('')
        .map((k) => `${k}: [1,2,3,4,5,6,7,8]`)
        .join(', ')} } }\n`,
    ),
    'matrix.size',
  ],
]

const step = (index: number): string =>
  `  - id: s${index}\n    uses: shell.exec\n    needs: [${index === 0 ? '' : `s${index - 1}`}]\n` +
  `    if: "\${{ ${index === 0 ? 'true' : `steps.s${index - 1}.ok`} }}"\n` +
  `    with:\n      cmd: npm run build\n      cwd: /work/app\n      timeout: 900000\n    retry: { attempts: 3, backoff: linear }\n`
const LONG = steps(Array.from({ length: 500 }, (_, index) => step(index)).join(''))

/** Microseconds of CPU that the long file costs. */
function honest(): number {
  const cpu = process.cpuUsage()
  expect(problems(LONG)).toEqual([])
  return process.cpuUsage(cpu).user
}

describe('a hostile file', () => {
  it.each(HOSTILE)('with %s is refused, and fast', (_, text, code) => {
    const cpu = process.cpuUsage()
    const found = codes(text)
    const { user } = process.cpuUsage(cpu)
    expect(found.join(' ')).toMatch(code)
    // CPU of this process, beside what 500 honest steps cost it: other programs share the machine.
    expect(user / honest()).toBeLessThan(4)
  })
})
describe('the parser', () => {
  it('reads and checks 500 steps in about 100 ms once it is warm', () => {
    const times = Array.from({ length: 6 }, () => honest() / 1000)
    // The fastest of six, of this process's CPU: a loaded machine counts the same work double.
    expect(Math.min(...times)).toBeLessThan(250)
  })

  it('never throws, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (text) => {
        const { workflow, problems } = parseWorkflow(text, SEED_KINDS)
        expect(workflow === undefined).toBe(problems.some(({ severity }) => severity === 'error'))
      }),
      { numRuns: 300 },
    )
  })

  it('never throws, whatever a piece of the example is replaced with', () => {
    const seed = example('feature-branch-ci.yaml')
    fc.assert(
      fc.property(fc.nat(seed.length), fc.nat(40), fc.string({ maxLength: 20 }), (at, length, piece) => {
        const { problems } = parseWorkflow(seed.slice(0, at) + piece + seed.slice(at + length), SEED_KINDS)
        for (const { line, column, endLine, endColumn } of problems) {
          expect(line).toBeGreaterThan(0)
          expect(column).toBeGreaterThan(0)
          expect(endLine > line || (endLine === line && endColumn >= column)).toBe(true)
        }
      }),
      { numRuns: 300 },
    )
  })

  it('reads back what is written of a workflow', () => {
    const id = fc.uniqueArray(fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/), { minLength: 1, maxLength: 8 })
    fc.assert(
      fc.property(id, fc.infiniteStream(fc.string({ maxLength: 30 })), (ids, words) => {
        const written = ids.map((name, index) => ({
          id: name,
          uses: 'qa.review',
          needs: ids.slice(0, index),
          env: { TEXT: (words.next().value as string).replaceAll('${', '$') },
        }))
        const { workflow, problems } = parseWorkflow(stringify({ name: 'x', steps: written }), SEED_KINDS)
        expect(problems).toEqual([])
        expect(
          workflow?.steps.map(({ id, env, needs }) => ({ id, env, needs: needs.map(({ from }) => from) })),
        ).toEqual(written.map(({ id, env, needs }) => ({ id, env, needs })))
      }),
      { numRuns: 100 },
    )
  })
})
