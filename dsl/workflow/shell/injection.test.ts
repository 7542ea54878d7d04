// Values that try to become shell. Each is put by the author into every kind of quotes, and bash tells what it received.
import { spawnSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { judge } from '#dsl/policy/commands.ts'
import { parseTemplate } from '#dsl/workflow/template.ts'
import { renderShell } from './render.ts'

const NAMES = ['context', 'steps', 'inputs']
const render = (command: string, value: unknown): string =>
  renderShell(parseTemplate(command, NAMES), {
    names: { context: { v: value as string }, steps: {}, inputs: {} },
  })

/** What printf received, argument by argument. With a socket for standard input bash would read ~/.bashrc. */
function received(line: string): readonly string[] {
  const { stdout, stderr, status } = spawnSync('bash', ['-c', line], {
    encoding: 'utf8',
    env: { PATH: '/usr/bin:/bin' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 })
  return stdout.split('\0').slice(0, -1)
}

const HOSTILE = [
  '; echo pwned',
  '&& echo pwned',
  '|| echo pwned',
  '| echo pwned',
  '& echo pwned',
  '\n echo pwned',
  '\r\necho pwned',
  '$(echo pwned)',
  '`echo pwned`',
  '${PATH}',
  '$PATH',
  '$((1+1))',
  '<(echo pwned)',
  '>(echo pwned)',
  '> /tmp/pwned',
  '>> /tmp/pwned',
  '< /etc/passwd',
  '2>&1',
  '<<EOF\npwned\nEOF',
  "'; echo pwned; '",
  '"; echo pwned; "',
  '\'"; echo pwned; "\'',
  "''",
  '""',
  "'",
  '"',
  "'''",
  "\\'; echo pwned; \\'",
  '\\"; echo pwned; \\"',
  '\\',
  '\\\\',
  '\\\n',
  "\\'",
  '*',
  '?',
  '[a-z]*',
  '~',
  '~root',
  '{a,b}',
  '{1..9}',
  '!',
  '!!',
  '#',
  '# comment',
  ' # comment',
  '-rf',
  '--',
  '-',
  '',
  ' ',
  '   ',
  '\t',
  '\n',
  '\n\n',
  'a b  c',
  '$',
  '$$',
  "$'\\n'",
  '$"x"',
  "$'; echo pwned; '",
  '%s%n',
  '%',
  '\\x41',
  '\\0',
  '\u0007',
  '\u001b[31m',
  '\u202e',
  'é ü ñ',
  '日本語',
  '😀',
  '\ufeff',
  '=',
  'A=b',
  'A=b echo pwned',
  'if true; then echo pwned; fi',
  'done',
  ')',
  '(',
  '())',
  '}',
  '{',
  ';;',
  'esac',
  '${{ secrets.K }}',
  '${context.v}',
  "${{ '}}' }}",
  '}}',
  'chispart0z',
  'chispart1z',
  "'chispart0z'",
  '\u2028',
  'x'.repeat(5000),
  'a\'b\'c"d"e`f`$(g)\\h',
  "\n'\n",
  '"\n"',
  'a;b',
  "a'$(id)'b",
  "'$(id)'",
  '"$(id)"',
  '\'"$(id)"\'',
]

const PLACES: readonly (readonly [
  name: string,
  command: string,
  wanted: (value: string) => readonly string[],
])[] = [
  ['alone', "printf '%s\\0' ${{ context.v }} end", (v) => [v, 'end']],
  ['in single quotes', "printf '%s\\0' '${{ context.v }}' end", (v) => [v, 'end']],
  ['in double quotes', 'printf \'%s\\0\' "${{ context.v }}" end', (v) => [v, 'end']],
  ['inside a word', "printf '%s\\0' a${{ context.v }}b", (v) => [`a${v}b`]],
  ['behind an option', "printf '%s\\0' --x=${{ context.v }}", (v) => [`--x=${v}`]],
  ['inside double quotes with text', 'printf \'%s\\0\' "a ${{ context.v }} b"', (v) => [`a ${v} b`]],
  ['inside single quotes with text', "printf '%s\\0' 'a\\${{ context.v }}\"'", (v) => [`a\\${v}"`]],
  ['twice', "printf '%s\\0' ${{ context.v }}\"${{ context.v }}\"'${{ context.v }}'", (v) => [v + v + v]],
  ['in the short form', 'printf \'%s\\0\' "feat: ${context.v}"', (v) => [`feat: ${v}`]],
  ['in a list of commands', "true && printf '%s\\0' ${{ context.v }} || false", (v) => [v]],
  ['in a loop', 'for i in 1; do printf \'%s\\0\' "$i" ${{ context.v }}; done', (v) => ['1', v]],
  ['behind a comment and a line', "# about\nprintf '%s\\0' ${{ context.v }}", (v) => [v]],
  ['as the argument of a script', 'bash -c \'printf "%s\\\\0" "$1"\' _ ${{ context.v }}', (v) => [v]],
]

describe('a hostile value in a command', () => {
  it('is one of more than 60', () => {
    expect(new Set(HOSTILE).size).toBeGreaterThan(60)
  })

  it.each(PLACES)('%s is received letter for letter', (_, command, wanted) => {
    for (const value of HOSTILE) expect(received(render(command, value))).toEqual(wanted(value))
  })

  it('is one literal argument to the policy, which lets it through by the pattern of its program', () => {
    const grant = { plan: 'test', commands: ['npm run'], terminals: false }
    for (const value of HOSTILE) {
      const verdict = judge(grant, { shell: render('npm run build -- "${{ context.v }}"', value) })
      // R1 refuses what a person cannot see, wherever it stands; nothing else may be refused.
      if (verdict.allowed) expect(verdict.argv).toEqual(['npm', 'run', 'build', '--', value])
      else expect(verdict.rule).toBe('R1')
    }
  })

  it('is received letter for letter, whatever it is', () => {
    const text = fc
      .string({ unit: 'binary', maxLength: 30 })
      .filter((value) => !value.includes('\0') && value.isWellFormed())
    fc.assert(
      fc.property(text, fc.constantFrom(...PLACES.slice(0, 9)), (value, [, command, wanted]) => {
        expect(received(render(command, value))).toEqual(wanted(value))
      }),
      { numRuns: 60 },
    )
  })
})

const REFUSED: readonly (readonly [why: string, command: string])[] = [
  ['a substitution reads it again', 'echo $(ls ${{ context.v }})'],
  ['backticks read it again', 'echo `ls ${{ context.v }}`'],
  ['arithmetic evaluates it', 'echo $((${{ context.v }} + 1))'],
  ['an expansion evaluates it', 'echo ${X:-${{ context.v }}}'],
  ['a process substitution reads it again', 'cat <(ls ${{ context.v }})'],
  ['a here-document does not know quotes', 'cat <<EOF\n${{ context.v }}\nEOF'],
  ['a comment ends at its newline', 'ls # ${{ context.v }}'],
  ['a backslash would eat the quote', 'echo \\${{ context.v }}'],
  ['a backslash in double quotes would eat the quote', 'echo "\\${{ context.v }}"'],
  ["a dollar would make it $'…'", 'echo $${{ context.v }}'],
  ['a dollar in double quotes', 'echo "$${{ context.v }}"'],
  ['a dollar behind a line continuation', 'echo $\\\n${{ context.v }}'],
  ['ANSI-C quotes read escapes', "echo $'${{ context.v }}'"],
  ['a locale string', 'echo $"${{ context.v }}"'],
  ['braces expand it', 'echo {a,${{ context.v }}}'],
  ['a set of a glob', 'ls [${{ context.v }}]*'],
  ['a test evaluates it', '[[ ${{ context.v }} -eq 1 ]]'],
  ['an arithmetic command evaluates it', '(( ${{ context.v }} > 1 ))'],
  ['a pattern of case', 'case x in ${{ context.v }}) ls;; esac'],
  ['the words of a loop', 'for f in ${{ context.v }}; do ls; done'],
  ['the name of a variable', '${{ context.v }}=1 ls'],
  ['the program', '${{ context.v }} --version'],
  ['the program in quotes', '"${{ context.v }}" --version'],
  ['a script for bash', 'bash -c "echo ${{ context.v }}"'],
  ['a script for bash, quoted', "bash -lc 'echo ${{ context.v }}'"],
  ['a script for sh behind env', "env A=b sh -c 'echo ${{ context.v }}'"],
  ['a script for a shell of another path', "/bin/sh -ec 'echo ${{ context.v }}'"],
  ['eval', 'eval echo ${{ context.v }}'],
  ['source', 'source ${{ context.v }}'],
  ['a trap', "trap '${{ context.v }}' EXIT"],
  ['a declaration', 'declare ${{ context.v }}=1'],
  ['export', 'export A=${{ context.v }}'],
  ['test -v', 'test -v ${{ context.v }}'],
  ['printf -v', 'printf -v ${{ context.v }} x'],
  ['ssh joins its arguments for a shell', 'ssh host ls ${{ context.v }}'],
  ['xargs with a shell', "xargs sh -c 'ls ${{ context.v }}'"],
  ['find with a shell', "find . -exec sh -c 'ls ${{ context.v }}' \\;"],
  ['a program of node', "node -e 'console.log(${{ context.v }})'"],
  ['a program of python', "python3 -c 'print(${{ context.v }})'"],
  ['a program of perl', "perl -ne '${{ context.v }}'"],
  ['a program of awk', "awk '{ print ${{ context.v }} }' file"],
  ['a program of sed', 'sed "s/a/${{ context.v }}/" file'],
  ['npm --call', 'npm exec --call ${{ context.v }}'],
  ['a command that does not end', 'echo "${{ context.v }}'],
]

describe('an expression in a command', () => {
  it.each(REFUSED)('is refused where %s', (_, command) => {
    expect(() => render(command, 'x')).toThrow(expect.objectContaining({ code: 'invalid' }) as Error)
  })

  it('is refused in an argument that a value turns into an option for a script', () => {
    const template = parseTemplate('bash ${{ inputs.a }} ${{ inputs.b }}', NAMES)
    const names = { context: {}, steps: {}, inputs: { a: '-c', b: 'echo pwned' } }
    expect(() => renderShell(template, { names })).toThrow(/reads this argument as a program/)
  })

  it('is not a list, an object or a NUL', () => {
    expect(() => render('ls ${{ context.v }}', ['a'])).toThrow(/list or object/)
    expect(() => render('ls ${{ context.v }}', { a: 1 })).toThrow(/list or object/)
    expect(() => render('ls ${{ context.v }}', 'a\0b')).toThrow(/U\+0000/)
  })

  it('may be a number, a boolean or nothing', () => {
    expect(render('ls ${{ context.v }}', 1.5)).toBe("ls '1.5'")
    expect(render('ls ${{ context.v }}', true)).toBe("ls 'true'")
    expect(render('ls ${{ context.nothing }}', '')).toBe("ls ''")
  })

  it('leaves the author’s own text as it is', () => {
    const own = 'echo "$HOME ${X:-y}" $(date) `id` \\$ && cat <<EOF\n$X\nEOF'
    expect(render(own, 'x')).toBe(own)
  })

  it('tells the column where it stands', () => {
    expect(() => render('echo $(ls ${{ context.v }})', 'x')).toThrow(
      expect.objectContaining({ data: expect.objectContaining({ column: 11 }) as unknown }) as Error,
    )
  })
})
