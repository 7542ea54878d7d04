// R7 and R8: whether an argv starts as a pattern says, token by token. It never looks at text that the shell would read.

/** A pattern's tokens; the last `*` is dropped, since a pattern is a prefix anyway. */
export function patternTokens(pattern: string): readonly string[] {
  const tokens = pattern.split(/\s+/).filter((token) => token !== '')
  return tokens.length > 1 && tokens.at(-1) === '*' ? tokens.slice(0, -1) : tokens
}

/**
 * Whether `argv` starts with the pattern. The program's name is equal in case and path; an inner `*` is exactly one
 * argument; an argument that is undefined (a glob, any number of arguments) stands behind the pattern only.
 */
export function matches(pattern: string, argv: readonly (string | undefined)[]): boolean {
  const [program, ...rest] = patternTokens(pattern)
  if (program === undefined || program === '*' || program !== argv[0]) return false
  return rest.every((token, index) => {
    const argument = argv[index + 1]
    return argument !== undefined && (token === '*' || token === argument)
  })
}

const VERB = /^[a-z][a-z0-9:_-]*$/

/** The narrowest pattern an administrator would write for this argv: the program and its verb. Undefined where none can. */
export function patternFor(argv: readonly (string | undefined)[]): string | undefined {
  const [program, verb, object] = argv
  if (program === undefined || program === '' || program === '*' || /\s/.test(program)) return undefined
  if (verb === undefined || !VERB.test(verb)) return program
  if (verb !== 'run' || object === undefined || !VERB.test(object)) return `${program} ${verb}`
  return `${program} run ${object}`
}
