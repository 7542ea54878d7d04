// R9 and R9t over the table of command lines: what a pattern does not spell may name no program, code, transport or file.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { judge } from './commands.ts'
import { narrowGrant } from './narrow.ts'
import { LANGUAGES } from './programs/languages.cases.ts'
import { TOOLS } from './programs/tools.cases.ts'
import { quote } from './word.ts'

const CASES = [...LANGUAGES, ...TOOLS]
const grant = (list: string) => ({ plan: 'pro', commands: list.split(', '), terminals: false })

describe('R9', () => {
  it('has a table worth its name', () => expect(CASES.length).toBeGreaterThan(300))

  it.each(CASES.filter(({ refused }) => refused === undefined))('under $list lets $line through', (one) =>
    expect(judge(grant(one.list), { shell: one.line })).toMatchObject({ allowed: true }),
  )

  it.each(CASES.filter(({ refused }) => refused !== undefined))(
    'under $list refuses $line by $rule for $refused',
    ({ list, line, refused, rule }) =>
      expect(judge(grant(list), { shell: line })).toMatchObject({ allowed: false, rule, node: refused }),
  )

  it('offers a pattern that really would allow the line, wherever it offers one', () => {
    let offered = 0
    for (const { list, line } of CASES) {
      const verdict = judge(grant(list), { shell: line })
      if (verdict.allowed || verdict.allow === undefined || verdict.rule !== 'R9') continue
      offered++
      const more = judge(grant(`${list}, ${verdict.allow}`), { shell: line })
      expect([line, verdict.allow, more.allowed || more.rule]).toEqual([line, verdict.allow, true])
    }
    expect(offered).toBeGreaterThan(150)
  })

  it('names the word, its column, the rule and the pattern', () => {
    expect(judge(grant('git *'), { shell: 'git status && git -c core.pager=id log' })).toEqual({
      allowed: false,
      rule: 'R9',
      node: '-c',
      column: 19,
      reason:
        '"-c" names code or a configuration to load, which the plan "pro" does not spell. The pattern "git -c" would allow it.',
      allow: 'git -c',
    })
  })

  it('holds for every refused line however it is quoted, spaced, joined or put into a script', () => {
    const refused = CASES.filter(({ rule, line }) => rule === 'R9' && !/[*\\']/.test(line))
    const dress = fc.constantFrom<(line: string) => string>(
      (line) => `  ${line.replaceAll(' ', '   ')}  # a comment`,
      (line) => `${line}\n`,
      (line) => line.replaceAll(' ', ' \\\n\t'),
      (line) => `ok-tool && ${line}`,
      (line) => `ok-tool | ${line} 2>&1`,
      (line) => `ok-tool;${line}>/dev/null`,
      (line) => `bash -lc ${quote(line)}`,
      (line) => line.replace(/^(\S)(\S*)/, (_, first: string, rest: string) => `'${first}'"${rest}"`),
    )
    const doubleQuoted = /"[^"]* [^"]*"/
    fc.assert(
      fc.property(fc.constantFrom(...refused), dress, ({ list, line }, wear) => {
        fc.pre(!doubleQuoted.test(line))
        const commands = [...list.split(', '), 'ok-tool', 'bash -lc']
        expect(judge({ ...grant(list), commands }, { shell: wear(line) })).toMatchObject({ allowed: false })
      }),
      { numRuns: 3000 },
    )
  })

  it('judges an argv as it judges the line', () => {
    for (const { list, line, refused, rule } of CASES.filter((one) => !/["'\\*|;&>{]/.test(one.line)))
      expect([line, judge(grant(list), line.split(' '))]).toEqual([
        line,
        expect.objectContaining(refused === undefined ? { allowed: true } : { allowed: false, rule }),
      ])
  })
})

describe('a shell', () => {
  const names =
    'sh bash rbash dash ash ksh zsh fish csh tcsh mksh pdksh yash posh elvish nu xonsh pwsh powershell rc osh'.split(
      ' ',
    )
  const dress = fc.constantFrom<(name: string) => string>(
    (name) => name,
    (name) => `/bin/${name}`,
    (name) => `./${name}`,
    (name) => `${name}5`,
    (name) => `${name}-5.2`,
    (name) => `/opt/x/${name}93`,
    (name) => `${name}.exe`,
  )
  const option = fc.constantFrom('-c', '-lc', '-xc', '-ic', '+c', '-ec', '--command', '-Command', '-s')

  it('of any name, path and version runs no script that the list has not judged', () => {
    fc.assert(
      fc.property(fc.constantFrom(...names), dress, option, (name, wear, how) => {
        const shell = wear(name)
        const verdict = judge(grant(`${shell} *, ls`), { shell: `${shell} ${how} 'rm x'` })
        expect([shell, how, verdict.allowed]).toEqual([shell, how, false])
      }),
      { numRuns: 2000 },
    )
  })
})

describe('R9 in time', () => {
  it.each([
    ['find . -exec ', 600],
    ['find . -exec timeout 1 ', 330],
    ['timeout 1 ', 800],
    ['nice ', 1600],
    ['python -m ', 800],
    ['python -m pytest -o ', 400],
    ['sudo xargs env find ', 400],
    ['git -c ', 1100],
    ['npm exec --no --offline -- ', 290],
    ['env A=1 ', 1000],
  ])('refuses %j again and again without hanging', (piece, count) => {
    const list = 'find *, timeout *, nice *, python *, sudo *, git *, npm *, env *'
    const shell = piece.repeat(count)
    expect(judge(grant(list), { shell })).toMatchObject({ allowed: false })
    expect(quickest(list, shell)).toBeLessThan(500)
  })

  it.each([
    'sed s/[/',
    "sed 's/\\a",
    "awk '",
    'curl http://',
    'pip install @',
    'npm install @a',
    'git config ',
    'go run a.',
  ])('refuses or allows a very long word of %j without hanging', (start) => {
    for (const fill of ['a', '/', '@ ', '\\', ':', ' ', '.a', '-']) {
      const line = `${start}${fill.repeat(8000 / fill.length)}${start.includes("'") ? "'" : ''}`
      const began = performance.now()
      judge(grant('sed *, awk *, curl *, pip *, npm *, git *, go *'), { shell: line })
      expect([fill, performance.now() - began < 500]).toEqual([fill, true])
    }
  })
})

describe('a narrowed list', () => {
  it('excuses nothing that only one of the two lists spells', () => {
    const line = { shell: 'git -c core.pager=id log' }
    const spelled = ['git -c core.pager=id log']
    expect(judge(narrowGrant(grant('git *'), spelled, 'a policy'), line)).toMatchObject({
      rule: 'R9',
      node: '-c',
    })
    expect(judge(narrowGrant(grant('git -c'), ['git *'], 'a policy'), line)).toMatchObject({ rule: 'R9' })
    expect(judge(narrowGrant(grant('git -c'), spelled, 'a policy'), line)).toMatchObject({ allowed: true })
    expect(judge(narrowGrant(grant('*'), spelled, 'a policy'), line)).toMatchObject({ allowed: true })
    expect(judge(narrowGrant(grant('*'), ['git *'], 'a policy'), line)).toMatchObject({ rule: 'R9' })
  })

  it('stays one when it is narrowed again', () => {
    const once = narrowGrant(grant('git *'), ['*'], 'one')
    const twice = narrowGrant(once, ['git -c'], 'two')
    expect(judge(twice, { shell: 'git -c a=b log' })).toMatchObject({ rule: 'R9' })
    expect(judge(narrowGrant(once, ['env *'], 'two'), { shell: 'env git status' })).toMatchObject({
      rule: 'R8',
    })
  })
})

/** Milliseconds, of several times: what else the machine does is not the judge's doing. */
function quickest(list: string, shell: string): number {
  const times = Array.from({ length: 5 }, () => {
    const start = performance.now()
    judge(grant(list), { shell })
    return performance.now() - start
  })
  return Math.min(...times)
}
