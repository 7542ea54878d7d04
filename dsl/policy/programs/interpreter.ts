// R9 for what runs code: a script of the workspace may be named, code on the command line or standard input may not.
import { LOADS, RUNS, UNJUDGED, within } from './reach.ts'
import type { Argv, Reach, Rule } from './reach.ts'

export interface Interpreter {
  /** Options before the script that change no code; everything else reaches. */
  readonly plain: RegExp
  /** Alone these answer and end, so that no script is missing. */
  readonly answers?: RegExp
  /** The option that runs a module by its name. */
  readonly module?: { readonly option: string; judge(argv: Argv): readonly Reach[] }
  /** The option that stands for a script: `node --test` looks for them itself. */
  readonly scripts?: RegExp
  /** The options are someone else's business when this one is there. */
  readonly elsewhere?: (argv: Argv) => boolean
}

/** Files that are standard input or another process's under a name. */
const STREAM = /^\/(?:dev|proc)\//

/** What stands behind the script's name is the script's. */
export function interpreter(spec: Interpreter): Rule {
  return (argv) => {
    if (spec.elsewhere?.(argv) === true) return []
    const ends = (word: string | undefined) =>
      word !== undefined && (spec.answers?.test(word) === true || spec.scripts?.test(word) === true)
    const at = argv.findIndex((word, index) => index > 0 && !ends(word) && !spec.plain.test(word ?? ''))
    if (at >= 0) return scriptOrOption(spec, argv, at)
    return argv.some(ends) ? [] : [{ at: argv.length, why: 'reads its program from standard input' }]
  }
}

/** The first word that is no plain option. */
function scriptOrOption({ module }: Interpreter, argv: Argv, at: number): readonly Reach[] {
  const word = argv[at]
  if (word === undefined) return [{ at, why: UNJUDGED }]
  if (word === module?.option && argv.length > at + 1)
    return [{ at, why: LOADS }, { at: at + 1, why: RUNS }, ...within(module.judge, argv, at + 1)]
  return word === '' || /^[-+]/.test(word) || STREAM.test(word) ? [{ at, why: LOADS }] : []
}

const ANSWERS = /^(?:-v|-V|-h|--version|--help)$/

export const node = interpreter({
  plain:
    /^(?:--enable-source-maps|--no-warnings|--trace-(?:warnings|deprecation|uncaught)|--max-old-space-size=\d+|--stack-trace-limit=\d+|--watch|--expose-gc|--no-deprecation|--throw-deprecation|--unhandled-rejections=\w+|--test-(?:only|concurrency=\d+|timeout=\d+|reporter=(?:spec|tap|dot|junit|lcov)|reporter-destination=[^=]+|name-pattern=.*)|--experimental-(?:strip-types|transform-types|test-coverage)|--conditions=[\w-]+|--dns-result-order=\w+)$/,
  answers: ANSWERS,
  scripts: /^--test$/,
})

/** Shells whose script the list judges (R9t), by any path and in any version; others read a language that nobody here reads. */
export const SCRIPTED = /^(?:.*\/)?(?:r?ba|da|k|z|a)?sh(?:-?[\d.]+)?(?:\.[eE][xX][eE])?$/

export const shell = interpreter({
  plain: /^[-+](?:[exuvlfnp]+)$/,
  answers: /^--version$/,
  // R9t has judged the script itself.
  elsewhere: (argv) => argv.some((word) => /^(?:[-+]\w*c|--)/.test(word ?? '')),
})

/** `moduleRule`: the rule of a module that is a program. */
export function python(moduleRule: (name: string) => Rule | undefined): Rule {
  return interpreter({
    plain: /^(?:-[uBOEsSIqbP]+|-W(?:ignore|default|error|once|always)|-X(?:utf8|dev|faulthandler))$/,
    answers: ANSWERS,
    module: { option: '-m', judge: (argv) => moduleRule(argv[0] ?? '')?.(argv) ?? [] },
  })
}

export const perl = interpreter({ plain: /^-[wWtTcX]+$/, answers: ANSWERS })
export const ruby = interpreter({ plain: /^-[wWcU]+$/, answers: ANSWERS })
export const php = interpreter({ plain: /^-[lnq]+$/, answers: /^(?:-v|-i|-m|--version|--help)$/ })
export const script = interpreter({ plain: /^$/, answers: ANSWERS })
