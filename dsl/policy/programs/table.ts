// R9, the table: the rule of each program, by the last part of its name. It never reads a plan.
import { git } from './git.ts'
import { node, perl, php, python, ruby, shell } from './interpreter.ts'
import { cargo, docker, gh, go, javascriptTool, make, npm, otherNpm, pip, pytest } from './packages.ts'
import { everyWord } from './reach.ts'
import type { Argv, Reach, Rule } from './reach.ts'
import { RUNNING } from './runners.ts'
import { awk, sed } from './text.ts'
import { common, PLAIN, tools } from './tools.ts'
import { commandAt, wrapper, WRAPPERS } from './wrapper.ts'

/** Words of a command that name a program, code, a configuration, a transport or a file to write, in their order. */
export function reachesOf(argv: Argv): readonly Reach[] {
  return ruleOf(argv[0] ?? '')(argv)
}

/** Where the innermost command starts: behind `timeout 60` and the like. 0 where nothing wraps it. */
export function innermost(argv: Argv): number {
  const name = baseName(argv[0] ?? '')
  const spec = Object.hasOwn(WRAPPERS, name) ? WRAPPERS[name] : undefined
  const at = spec === undefined ? undefined : commandAt(spec, argv)
  return at === undefined || at >= argv.length ? 0 : at + innermost(argv.slice(at))
}

export function ruleOf(program: string): Rule {
  const name = baseName(program)
  return (Object.hasOwn(RULES, name) ? RULES[name] : undefined) ?? (PLAIN.has(name) ? none : common)
}

const none: Rule = () => []

/** `/usr/bin/python3.11` is python. */
function baseName(program: string): string {
  const name = program.slice(program.lastIndexOf('/') + 1)
  if (Object.hasOwn(RULES, name)) return name
  return name.replace(/\.exe$/i, '').replace(/-?[\d.]+$/, '')
}

const lazily = (program: string): Rule => ruleOf(program)

/** The command behind a wrapper may be a wrapper once more; behind that every word must be spelled. */
const nested = (next: (program: string) => Rule) => (program: string) => {
  const name = baseName(program)
  const spec = Object.hasOwn(WRAPPERS, name) ? WRAPPERS[name] : undefined
  return spec === undefined ? ruleOf(program) : wrapper(spec, next)
}
const twice = nested(nested(() => everyWord))

/** Modules of Python that are programs with rules of their own. */
const moduleRule = (name: string): Rule | undefined =>
  name === 'pip' ? pip : name === 'pytest' ? pytest : undefined

const RULES: Readonly<Record<string, Rule>> = {
  ...tools(lazily),
  ...RUNNING,
  ...Object.fromEntries(Object.entries(WRAPPERS).map(([name, spec]) => [name, wrapper(spec, twice)])),
  ...Object.fromEntries(['bash', 'rbash', 'sh', 'dash', 'ksh', 'zsh', 'ash'].map((name) => [name, shell])),
  git,
  node,
  nodejs: node,
  python: python(moduleRule),
  pypy: python(moduleRule),
  perl,
  ruby,
  php,
  npm: npm(lazily),
  pnpm: otherNpm,
  yarn: otherNpm,
  pip,
  pytest,
  'py.test': pytest,
  make,
  gmake: make,
  go,
  cargo,
  docker,
  gh,
  sed,
  gsed: sed,
  awk,
  gawk: awk,
  mawk: awk,
  nawk: awk,
  eslint: javascriptTool,
  oxlint: javascriptTool,
  jest: javascriptTool,
  vitest: javascriptTool,
  mocha: javascriptTool,
  tsc: javascriptTool,
  prettier: javascriptTool,
  webpack: javascriptTool,
  vite: javascriptTool,
  rollup: javascriptTool,
}
