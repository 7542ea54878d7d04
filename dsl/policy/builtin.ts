// R10: shell builtins that would run, load or rename something no pattern has seen. It never decides about programs.

/** Words that make bash evaluate text, or change what a later name means. No pattern allows them; only `*` does. */
const NEVER = new Set(
  (
    'eval exec source . command builtin trap alias unalias export declare typeset local readonly let read mapfile ' +
    'readarray unset enable hash bind complete compgen compopt getopts fc history jobs wait coproc'
  ).split(' '),
)

/** These evaluate `a[$(…)]` in the variable's name that follows the option, single quotes or not. */
const NAMES_VARIABLE: Readonly<Record<string, RegExp>> = { test: /^-[vR]$/, '[': /^-[vR]$/, printf: /^-v/ }

/** Builtins that no file of the system stands for: even alone they need the shell. */
const SHELL_ONLY = new Set(
  'cd exit : pushd popd dirs umask ulimit set shopt shift return type times'.split(' '),
)

/** Why the builtin is refused, or undefined. */
export function refusedBuiltin(argv: readonly (string | undefined)[]): string | undefined {
  const [name = '', ...args] = argv
  if (NEVER.has(name))
    return `"${name}" runs or changes commands that cannot be judged, so no pattern allows it.`
  const option = Object.hasOwn(NAMES_VARIABLE, name) ? NAMES_VARIABLE[name] : undefined
  const found = args.find((argument) => argument !== undefined && option?.test(argument))
  return found === undefined
    ? undefined
    : `"${name} ${found}" evaluates the variable's name, so no pattern allows it.`
}

export function needsShell(program: string): boolean {
  return SHELL_ONLY.has(program)
}
