// R9, the shapes: which words of a command name a program, code, a configuration, a transport or a file to write. It
// never decides whether a plan lets them.

/** The words that a program receives, its own name first; undefined is a glob: any number of words without a leading "-". */
export type Argv = readonly (string | undefined)[]

/** A word that reaches further than the program itself. A pattern that spells the word allows it. */
export interface Reach {
  /** Index in argv; its length where there is no word to spell, so that no pattern allows it. */
  readonly at: number
  /** What the word does, as the end of a sentence. */
  readonly why: string
  /** Here starts another command: it also passes when the plan lists that command. */
  readonly command?: true
}

export type Rule = (argv: Argv) => readonly Reach[]

export const RUNS = 'names a program to run'
export const LOADS = 'names code or a configuration to load'
export const CARRIES = 'names a transport or a place to reach'
export const WRITES = 'names a file to write'
export const UNJUDGED = 'cannot be judged'

export interface Options {
  /** Letters of single-dash options; one in a bundle counts. */
  readonly short?: string
  /** Names of long options; an abbreviation counts. */
  readonly long?: readonly string[]
  /** Long options that are whole by themselves although they abbreviate one of `long`. */
  readonly whole?: readonly string[]
  /** Whole words: options with one dash. */
  readonly words?: readonly string[]
  /** The program takes any number of dashes for two, as npm does. */
  readonly dashes?: true
  /** Words behind "--" are options too. */
  readonly endless?: true
  readonly why: string
}

/** The rule that finds these options before "--". */
export function options(spec: Options): Rule {
  return (argv) => {
    const end = spec.endless === true ? -1 : argv.indexOf('--')
    return argv.flatMap((word, at) =>
      at > 0 && (end < 0 || at < end) && word !== undefined && isOption(spec, word)
        ? [{ at, why: spec.why }]
        : [],
    )
  }
}

function isOption({ short = '', long = [], whole = [], words = [], dashes }: Options, word: string): boolean {
  if (words.includes(word)) return true
  if (!/^-./.test(word)) return false
  const name = longName(word)
  if (word.startsWith('--') || dashes === true)
    if (
      name.length >= (dashes === true ? 3 : 1) &&
      !whole.includes(name) &&
      long.some((option) => option.startsWith(name))
    )
      return true
  return !word.startsWith('--') && [...word.slice(1)].some((letter) => short.includes(letter))
}

/** The name of an option without dashes and value; "_" is "-" to many programs. */
export function longName(word: string): string {
  const [name = ''] = word.replace(/^-+/, '').split('=', 1)
  return name.toLowerCase().replaceAll('_', '-')
}

/** The rule of a program of which every word must be spelled. */
export const everyWord: Rule = (argv) => argv.slice(1).map((_, index) => ({ at: index + 1, why: UNJUDGED }))

/** The rule that what any of these finds counts, in the order of the words. */
export function together(...rules: readonly Rule[]): Rule {
  return (argv) => rules.flatMap((rule) => rule(argv)).sort((a, b) => a.at - b.at)
}

/** What a rule finds in the words from `from` on. */
export function within(rule: Rule, argv: Argv, from: number): readonly Reach[] {
  return rule(argv.slice(from)).map((reach) => ({ ...reach, at: reach.at + from }))
}

/** The rule of a program with verbs: others than these must be spelled, and so must options before the verb. */
export function verbs(known: readonly string[], alone: readonly string[] = []): Rule {
  return (argv) => {
    const at = argv.findIndex((word, index) => index > 0 && !(word !== undefined && alone.includes(word)))
    const verb = at < 0 ? undefined : argv[at]
    if (at < 0 || (verb !== undefined && known.includes(verb))) return []
    return [{ at, why: UNJUDGED }]
  }
}
