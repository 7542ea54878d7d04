// R9 for the small languages of text tools: a program is let through when nothing in it can run, read or write a file.
import { LOADS, RUNS, UNJUDGED, WRITES } from './reach.ts'
import type { Argv, Reach, Rule } from './reach.ts'

const ADDRESS = String.raw`(?:\d+|\$|/(?:\\.|[^/\\\n])*/)`
const SUBSTITUTE = String.raw`s([^\w\s\\])(?:\\.|(?!\1)[^\\\n])*\1(?:\\.|(?!\1)[^\\\n])*\1[gpiIM\d]*`
/** One command without a file or a shell: p, d, q, = or s, behind at most two addresses. */
const SED_COMMAND = new RegExp(`^(?:${ADDRESS}(?:,${ADDRESS})?)?!?(?:[pdq=]|${SUBSTITUTE})$`)
const SED_PLAIN = /^(?:-[nErsuz]+|--(?:quiet|silent|regexp-extended|posix|separate|unbuffered|null-data))$/

export const sed: Rule = (argv) =>
  read(argv, {
    plain: SED_PLAIN,
    program: /^(?:-[nErsuz]*e|--expression)$/,
    joined: /^--expression=/,
    isPlain: (text) => SED_COMMAND.test(text),
    other: (word) => (/^(?:-[nErsuz]*i|--in-place)/.test(word) ? WRITES : LOADS),
  })

/** A pipe, a redirection, an indirect call, or a word that runs or reads: none of them is told from harmless uses. */
const AWK_REACHES = /[|>@]|system|getline|printf?\s*</

export const awk: Rule = (argv) =>
  read(argv, {
    plain: /^(?:-F.+|-v\w+=.*)$/s,
    valued: /^-[Fv]$/,
    isPlain: (text) => !AWK_REACHES.test(text),
    other: () => LOADS,
  })

interface Language {
  readonly plain: RegExp
  readonly valued?: RegExp
  /** Options whose next word, or whose value, is the program. */
  readonly program?: RegExp
  readonly joined?: RegExp
  isPlain(program: string): boolean
  other(option: string): string
}

/** Options may stand behind files too, as GNU takes them. */
function read(argv: Argv, language: Language): readonly Reach[] {
  const reaches: Reach[] = []
  let hasProgram = argv.some((word) => word !== undefined && isProgramOption(language, word))
  let ended = false
  const judge = (text: string | undefined, at: number): void => {
    if (text === undefined) reaches.push({ at, why: UNJUDGED })
    else if (!language.isPlain(text)) reaches.push({ at, why: RUNS })
  }
  for (let at = 1; at < argv.length; at += 1) {
    const word = argv[at]
    if (!ended && word === '--') ended = true
    else if (ended || word === undefined || !/^-./.test(word)) {
      if (!hasProgram) judge(word, at)
      hasProgram = true
    } else if (language.joined?.test(word) === true) judge(word.slice(word.indexOf('=') + 1), at)
    else if (language.program?.test(word) === true) judge(argv[(at += 1)], at)
    else if (language.valued?.test(word) === true) at += 1
    else if (!language.plain.test(word)) reaches.push({ at, why: language.other(word) })
  }
  return reaches
}

function isProgramOption({ program, joined }: Language, word: string): boolean {
  return program?.test(word) === true || joined?.test(word) === true
}
