// What holds for any line at all: the judge answers, quickly, and what it allows holds listed programs only.
import { spawnSync } from 'node:child_process'
import fc from 'fast-check'
import { forEachChild, parse } from 'unbash'
import type { SyntaxNode, Word } from 'unbash'
import { describe, expect, it } from 'vitest'
import { judge } from './commands.ts'
import { matches } from './pattern.ts'

const PROGRAMS = ['echo', 'ls', 'git', 'bash']
const grant = { plan: 'fuzz', commands: ['echo *', 'ls', 'git status', 'bash -lc *'], terminals: false }

const PIECES = (
  `echo ls git status bash -lc rm id eval A=1 x.txt -n a/* * ? [ab] ~ ~/x {a,b} {} $x \${x} $(id) $(( 1 )) \`id\` ` +
  `' " \\ \\\\ $' $" ; ;; & && | || |& ! ( ) { } < > >> << <<< 2>&1 >/dev/null # = + [[ ]] (( )) if then fi do done ` +
  `'a_b' "c_d" "$y" '\\'' \\' \\" é 漢 🚀 @(a|b) !(a) time coproc function >(id) <(id)`
).split(' ')
const piece = fc.oneof(fc.constantFrom(...PIECES), fc.constantFrom(' ', '\t', '\n', '\\\n', ' '), fc.string())
const anyLine = fc.array(piece, { maxLength: 24 }).map((pieces) => pieces.join(''))
const spaced = fc.array(fc.constantFrom(...PIECES), { maxLength: 12 }).map((pieces) => pieces.join(' '))
const honest = fc
  .array(fc.constantFrom('echo a', 'ls a/*', "echo 'b c'", 'git status', "bash -lc 'echo d'"), {
    minLength: 1,
  })
  .chain((lines) => fc.constantFrom(' && ', '; ', ' | ', '\n').map((join) => lines.slice(0, 6).join(join)))
const input = fc.oneof(anyLine, spaced, honest)

/** Every program that a script names, wherever it stands. */
function programs(script: string): string[] {
  const found: string[] = []
  const visit = (node: SyntaxNode): void => {
    if (node.type === 'Command')
      found.push(
        ...named(
          node.name?.value ?? '',
          node.args.map((word) => word.text),
        ),
      )
    forEachChild(node, visit)
  }
  visit(parse(script))
  return found
}

function named(program: string, [option, script]: readonly string[]): string[] {
  return program === 'bash' && option === `'-lc'` && script !== undefined
    ? [program, ...programs(script.slice(1, -1).replaceAll(`'\\''`, "'"))]
    : [program]
}

/** The words of every simple command of what is to be run; a glob is no word. */
function commandsOf(argv: readonly string[]): (string | undefined)[][] {
  if (argv[0] !== 'bash' || argv[1] !== '--norc') return [[...argv]]
  const found: (string | undefined)[][] = []
  const visit = (node: SyntaxNode): void => {
    if (node.type === 'Command') found.push([node.name, ...node.args].map(wordOf))
    forEachChild(node, visit)
  }
  visit(parse(argv[3] ?? ''))
  return found
}

function wordOf(node: Word | SyntaxNode | undefined): string | undefined {
  if (node?.type !== 'Word') return undefined
  return node.parts?.some((part) => part.type === 'Glob') === true ? undefined : node.value
}

function programsOf(argv: readonly string[]): string[] {
  const [program = '', option, script = ''] = argv
  return program === 'bash' && (option === '-c' || option === '-lc')
    ? [program, ...programs(script)]
    : [program]
}

describe('judge, for any line', () => {
  it('never throws, and never allows a line that holds an unlisted program', () => {
    let allowed = 0
    fc.assert(
      fc.property(input, (shell) => {
        const verdict = judge(grant, { shell })
        if (!verdict.allowed) {
          expect(verdict.column).toBeGreaterThan(0)
          return
        }
        allowed++
        for (const program of programsOf(verdict.argv)) expect(PROGRAMS).toContain(program)
      }),
      { numRuns: 8_000 },
    )
    expect(allowed).toBeGreaterThan(800)
  })

  it('never throws for any argv, and never allows an unlisted program', () => {
    const word = fc.oneof(fc.constantFrom(...PIECES), fc.string(), anyLine)
    fc.assert(
      fc.property(fc.array(word, { maxLength: 5 }), (argv) => {
        const verdict = judge(grant, argv)
        if (verdict.allowed)
          for (const program of programsOf(verdict.argv)) expect(PROGRAMS).toContain(program)
      }),
      { numRuns: 5_000 },
    )
  })

  it('reads what it allows as bash itself does', () => {
    const script = `show() { printf '%s\\0' "$#" "$@"; }; for line; do eval "show $line"; done`
    const words = fc.array(fc.constantFrom(...PIECES, 'a b', ' ', '\\ ', `"'"`, `'"'`), { maxLength: 8 })
    const lines = fc.sample(words, { numRuns: 4_000, seed: 7 }).map((pieces) => `echo ${pieces.join('')}`)
    const pairs = lines.flatMap((shell) => {
      const verdict = judge({ ...grant, commands: ['echo'] }, { shell })
      return verdict.allowed && verdict.argv[0] === 'echo' ? [{ shell, argv: verdict.argv.slice(1) }] : []
    })
    expect(pairs.length).toBeGreaterThan(100)
    const args = pairs.map(({ shell }) => shell.slice('echo '.length))
    const options = { encoding: 'utf8', env: { LC_ALL: 'C.UTF-8' } } as const
    const { stdout } = spawnSync('bash', ['--norc', '-c', script, 'bash', ...args], options)
    const expected = pairs.flatMap(({ argv }) => [String(argv.length), ...argv])
    expect(stdout.split('\0').slice(0, -1)).toEqual(expected)
  })

  it('allows only lines of which every command matches a pattern, word by word', () => {
    let commands = 0
    fc.assert(
      fc.property(input, (shell) => {
        const verdict = judge(grant, { shell })
        if (!verdict.allowed) return
        for (const argv of commandsOf(verdict.argv)) {
          commands++
          expect([argv, grant.commands.some((pattern) => matches(pattern, argv))]).toEqual([argv, true])
        }
      }),
      { numRuns: 4_000 },
    )
    expect(commands).toBeGreaterThan(800)
  })

  it('refuses look-alikes and what cannot be seen, wherever they stand', () => {
    const alike = [
      'ｇit status',
      'gіt status',
      'git\u00a0status',
      'g\u200bit status',
      'git status\u202e',
      'git\0status',
      'git ѕtatus',
    ]
    for (const shell of alike) expect(judge(grant, { shell })).toMatchObject({ allowed: false })
  })

  it('answers at once for 10,000 levels and for a mebibyte, allowed to nobody', () => {
    const deep = [
      '(',
      '{ ',
      '$(',
      '"$(',
      '`',
      '<(',
      '[[ ',
      '((',
      '{a,',
      'if ',
      'a() { ',
      'bash -lc ',
      "'",
      '\\',
      '<<E\n',
      '$((',
      '${a:-',
    ]
    for (const piece of deep)
      for (const repeat of [1_000, 10_000, 200_000]) {
        const start = performance.now()
        const verdict = judge(grant, { shell: piece.repeat(repeat) })
        expect([piece, repeat, verdict.allowed]).toEqual([piece, repeat, false])
        expect(performance.now() - start).toBeLessThan(500)
      }
  })

  it('takes less than a millisecond for a line of work, and never long for 8 KiB of malice', () => {
    const work = [
      'npm ci && npm run build',
      Array.from({ length: 32 }, () => `echo 'a' "b" c\\ d`).join(' && '),
    ]
    const malice = ['a/* ', '(', '$(', '{a,', '"', '`', '\\', '<<E ', '&& ', 'a=('].map(
      (piece) => `echo ${piece.repeat(8000 / piece.length)}`,
    )
    const slow = [...work.map((text) => [text, 1] as const), ...malice.map((text) => [text, 25] as const)]
      .map(([shell, limit]) => ({ shell: shell.slice(0, 24), limit, ms: quickest(shell) }))
      .filter(({ ms, limit }) => ms >= limit)
    expect(slow).toEqual([])
  })
})

/** Milliseconds, of many times: what else the machine does is not the judge's doing. */
function quickest(shell: string): number {
  const times = Array.from({ length: 31 }, () => {
    const start = performance.now()
    judge(grant, { shell })
    return performance.now() - start
  })
  return Math.min(...times)
}
