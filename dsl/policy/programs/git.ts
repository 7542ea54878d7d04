// R9 for git: its options reach programs and transports in many ways, so only ordinary verbs are judged at all.
import { CARRIES, LOADS, longName, options, RUNS, together, UNJUDGED, within, WRITES } from './reach.ts'
import type { Argv, Reach, Rule } from './reach.ts'

/** Verbs that run git's own code. All others, aliases above all, must be spelled. */
const ORDINARY = new Set(
  (
    'add am apply blame branch checkout cherry-pick clean clone commit config describe diff fetch for-each-ref ' +
    'format-patch gc grep init log ls-files ls-remote ls-tree merge merge-base mv name-rev notes pull push rebase ' +
    'reflog remote reset restore rev-list rev-parse revert rm shortlog show show-ref sparse-checkout stash status ' +
    'switch symbolic-ref tag worktree cat-file diff-tree diff-index hash-object check-ignore version help fsck prune'
  ).split(' '),
)

const EVERYWHERE = together(
  options({ why: RUNS, long: ['upload-pack', 'receive-pack', 'exec', 'open-files-in-pager', 'extcmd'] }),
  options({ why: RUNS, long: ['ext-diff', 'textconv'], whole: ['text'] }),
  options({ why: WRITES, long: ['output', 'output-directory', 'separate-git-dir'] }),
  options({ why: LOADS, long: ['template', 'config', 'config-env'] }),
  options({ why: CARRIES, long: ['no-index', 'unsafe-paths'] }),
)

/** Single letters that mean one of those to one verb only. */
const LETTERS: Readonly<Record<string, Rule>> = {
  clone: options({ short: 'cu', why: RUNS }),
  'ls-remote': options({ short: 'u', why: RUNS }),
  fetch: options({ short: 'u', why: CARRIES }),
  grep: options({ short: 'O', why: RUNS }),
  'format-patch': options({ short: 'o', why: WRITES }),
  worktree: (argv) => second(argv, /^(?:list|prune|remove|lock|unlock)$/, WRITES),
  notes: (argv) => second(argv, /^(?:list|show|add|append|remove|copy)$/, UNJUDGED),
  config: configures,
  help: options({ why: RUNS, short: 'wi', long: ['web', 'info'] }),
  merge: strategies(/^-[nqve]*s(.*)/),
  pull: strategies(/^-[nqverafk46]*s(.*)/),
  rebase: together(options({ short: 'x', why: RUNS }), strategies(/^-[nqvikfmr]*s(.*)/)),
  'cherry-pick': strategies(),
  revert: strategies(),
}

const STRATEGY = /^(?:ort|recursive|resolve|octopus|ours|subtree)$/
const TRANSPORT = /^[\w+-]+::/
const HARMLESS_KEY =
  /^(?:user\.(?:name|email)|init\.defaultbranch|pull\.(?:rebase|ff)|push\.default|core\.quotepath|color\.\w+)$/i
const CONFIG_READS = /^(?:get|list|--get|--get-all|--get-regexp|--list|-l)$/
const CONFIG_SCOPE = /^(?:--local|--worktree|--null|-z|--show-origin|--type=\w+|--bool|--int)$/

/** The words before the verb, then the verb, then what it is told. */
export const git: Rule = (argv) => {
  const { verbAt, reaches } = beforeVerb(argv)
  const verb = argv[verbAt]
  if (verbAt >= argv.length || verb === '--version') return reaches
  const letters = Object.hasOwn(LETTERS, verb ?? '') ? LETTERS[verb ?? ''] : undefined
  const isOrdinary = verb !== undefined && ORDINARY.has(verb)
  return [
    ...reaches,
    ...(isOrdinary ? [] : [{ at: verbAt, why: RUNS }]),
    ...within(together(EVERYWHERE, transports, ...(letters === undefined ? [] : [letters])), argv, verbAt),
  ]
}

/** Behind "--" too: an address is no option. */
const transports: Rule = (argv) =>
  argv.flatMap((word, at) => (at > 0 && TRANSPORT.test(word ?? '') ? [{ at, why: CARRIES }] : []))

/** Global options: all reach but `--no-pager` and a `-C` that stays below. */
function beforeVerb(argv: Argv): { verbAt: number; reaches: readonly Reach[] } {
  const reaches: Reach[] = []
  let at = 1
  for (let word = argv[at]; word?.startsWith('-') === true && word !== '--version'; word = argv[at]) {
    const isHarmless = word === '--no-pager' || (word === '-C' && isBelow(argv[at + 1]))
    if (!isHarmless) reaches.push({ at, why: LOADS })
    at += VALUED.test(word) ? 2 : 1
  }
  return { verbAt: at, reaches }
}

/** Global options whose value is the next word. */
const VALUED = /^(?:-[cC]|--(?:git-dir|work-tree|namespace|super-prefix|config-env|attr-source))$/

function isBelow(path: string | undefined): boolean {
  return path !== undefined && !path.startsWith('/') && !path.split('/').includes('..')
}

/** A strategy that git has not itself is the program git-merge-… of that name. `-s` of some verbs is a signature. */
function strategies(short?: RegExp): Rule {
  return (argv) =>
    untilEnd(argv).flatMap((word, at) => {
      if (at === 0 || word === undefined) return []
      const found = /^--str\w*(?:=(.*))?$/.exec(word) ?? short?.exec(word)
      if (!found) return []
      return STRATEGY.test((found[1] || argv[at + 1]) ?? '') ? [] : [{ at, why: RUNS }]
    })
}

function untilEnd(argv: Argv): Argv {
  const end = argv.indexOf('--')
  return end < 0 ? argv : argv.slice(0, end)
}

function second(argv: Argv, known: RegExp, why: string): readonly Reach[] {
  const word = argv[1]
  return argv.length < 2 || (word !== undefined && known.test(word)) ? [] : [{ at: 1, why }]
}

/** Reading is free; writing is for keys that name nothing to run, load or reach. */
function configures(argv: Argv): readonly Reach[] {
  const at = argv.findIndex((word, index) => index > 0 && !(word !== undefined && CONFIG_SCOPE.test(word)))
  const word = at < 0 ? undefined : argv[at]
  if (word === undefined) return at < 0 ? [] : [{ at, why: LOADS }]
  if (word.startsWith('-') && !CONFIG_READS.test(word)) return [{ at, why: `${LOADS} (${longName(word)})` }]
  if (CONFIG_READS.test(word)) return file(argv, at)
  const keyAt = word === 'set' ? at + 1 : at
  if (argv.length <= keyAt + 1 && word !== 'set') return []
  return HARMLESS_KEY.test(argv[keyAt] ?? '') ? file(argv, keyAt) : [{ at: keyAt, why: LOADS }]
}

function file(argv: Argv, from: number): readonly Reach[] {
  const at = argv.findIndex((word, index) => index > from && /^(?:-f|--f)/.test(word ?? ''))
  return at < 0 ? [] : [{ at, why: LOADS }]
}
