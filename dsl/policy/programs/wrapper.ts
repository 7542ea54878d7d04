// R9 for programs that run the program behind them: what they run is found, so that it can be judged as if it stood alone.
import { isHarmless } from '#dsl/policy/environment.ts'
import { everyWord, LOADS, RUNS, within } from './reach.ts'
import type { Argv, Reach, Rule } from './reach.ts'

export interface Wrapper {
  /** Options without a value, or with one in the same word. */
  readonly plain?: RegExp
  /** Options whose value is the next word. */
  readonly valued?: RegExp
  /** Words between the options and the command; they say how long or where, never what. */
  readonly words?: RegExp
  /** It hands its command nothing that is not in the line, so a listed command passes behind it. */
  readonly transparent: boolean
  /** Sets variables before the command. */
  readonly assigns?: true
}

const ASSIGNMENT = /^([A-Za-z_]\w*)=/

/** Index of the command behind the wrapper; undefined where its own words are not all known; argv.length for none. */
export function commandAt(spec: Wrapper, argv: Argv): number | undefined {
  let at = afterOptions(spec, argv)
  if (at === undefined) return undefined
  if (spec.words !== undefined) {
    if (!spec.words.test(argv[at] ?? '')) return undefined
    at += 1
  }
  while (spec.assigns === true && ASSIGNMENT.test(argv[at] ?? '')) at += 1
  return at
}

function afterOptions({ plain, valued }: Wrapper, argv: Argv): number | undefined {
  let at = 1
  for (let word = argv[at]; word !== undefined && /^-./.test(word); word = argv[at]) {
    const hasValue = valued?.test(word) === true && argv[at + 1] !== undefined
    if (!hasValue && plain?.test(word) !== true) return undefined
    at += hasValue ? 2 : 1
  }
  return at
}

export function wrapper(spec: Wrapper, ruleOf: (program: string) => Rule | undefined): Rule {
  return (argv) => {
    const at = commandAt(spec, argv)
    if (at === undefined) return everyWord(argv)
    const inner = argv[at] === undefined ? undefined : ruleOf(argv[at])
    const command: readonly Reach[] =
      at === argv.length ? [] : [spec.transparent ? { at, why: RUNS, command: true } : { at, why: RUNS }]
    return [...assignments(argv, at), ...command, ...(inner === undefined ? [] : within(inner, argv, at))]
  }
}

function assignments(argv: Argv, end: number): readonly Reach[] {
  return argv.slice(0, end).flatMap((word, at) => {
    const name = at > 0 ? ASSIGNMENT.exec(word ?? '')?.[1] : undefined
    return name === undefined || isHarmless(name) ? [] : [{ at, why: LOADS }]
  })
}

const DURATION = /^\d+(?:\.\d+)?[smhd]?$/

export const WRAPPERS: Readonly<Record<string, Wrapper>> = {
  env: { transparent: true, assigns: true },
  timeout: {
    transparent: true,
    plain:
      /^(?:--preserve-status|--foreground|-v|--verbose|--signal=\w+|--kill-after=[\d.]+[smhd]?|-[ks][\w.]+)$/,
    valued: /^-[ks]$/,
    words: DURATION,
  },
  nice: { transparent: true, plain: /^(?:-\d+|-n-?\d+|--adjustment=-?\d+)$/, valued: /^-n$/ },
  ionice: { transparent: true, plain: /^-(?:c[0-3]|n[0-7]|t)$/, valued: /^-[cn]$/ },
  nohup: { transparent: true },
  stdbuf: { transparent: true, plain: /^-[ioe](?:L|\d+[KMG]?)$/ },
  setsid: { transparent: false, plain: /^-[cfw]+$|^--(?:fork|wait|ctty)$/ },
  // What it appends comes from its input, so its command is spelled and never taken from the list.
  xargs: {
    transparent: false,
    plain: /^(?:-[0rtx]+|-[nPL]\d+|--null|--no-run-if-empty)$/,
    valued: /^-[nPLd]$/,
  },
  sudo: { transparent: false, plain: /^-[nEHbkS]+$/, valued: /^-[ug]$/ },
  doas: { transparent: false, plain: /^-n$/, valued: /^-u$/ },
  strace: { transparent: false, plain: /^-[fcqtTyv]+$/ },
  ltrace: { transparent: false, plain: /^-[fcSt]+$/ },
  time: { transparent: true, plain: /^-[pv]+$/ },
  busybox: { transparent: true },
  chronic: { transparent: true },
}
