// R9 for package managers and build tools: running a project's own scripts is their work, anything named besides is not.
import {
  CARRIES,
  everyWord,
  LOADS,
  options,
  RUNS,
  together,
  UNJUDGED,
  verbs,
  within,
  WRITES,
} from './reach.ts'
import type { Argv, Reach, Rule } from './reach.ts'

const words = (text: string): readonly string[] => text.split(' ')

const NPM_OPTIONS = together(
  // pnpm sets any setting so.
  (argv) => argv.flatMap((word, at) => (/^--config\./.test(word ?? '') ? [{ at, why: LOADS }] : [])),
  options({
    why: RUNS,
    dashes: true,
    long: words('script-shell node-options call shell editor viewer browser git'),
  }),
  options({ why: LOADS, dashes: true, long: words('userconfig globalconfig prefix cafile init-module') }),
  options({ why: CARRIES, dashes: true, long: words('registry proxy https-proxy noproxy node-gyp') }),
  options({ why: LOADS, short: 'cC', long: ['cwd', 'dir', 'modules-folder', 'use-yarnrc', 'config'] }),
)

/** A package that no registry holds: a path, an address, a repository. */
const ELSEWHERE = /^(?!@[\w.-]+\/[\w.-]+(?:@[^/:]*)?$)[^-].*[/:]|^[/.]/
const installs: Rule = (argv) =>
  /^(?:install|i|in|add|update|up|upgrade|install-test|it)$/.test(argv[1] ?? '')
    ? argv.flatMap((word, at) =>
        at > 1 && (word === undefined || ELSEWHERE.test(word)) ? [{ at, why: LOADS }] : [],
      )
    : []

/** `npm cache add` fetches what it is told; the other words of `cache` look and clean. */
const caches: Rule = (argv) =>
  argv[1] === 'cache' && !/^(?:clean|verify|ls)$/.test(argv[2] ?? '') ? [{ at: 2, why: CARRIES }] : []

const NPM_VERBS = words(
  'ci install i in add run run-script rum urn test t tst start stop restart ls list ll la outdated update up upgrade ' +
    'audit view info show prune dedupe ddp uninstall un rm remove rebuild rb pack version help root bin why explain ' +
    'fund query search ping whoami doctor cache install-test it install-ci-test cit clean-install ic',
)
const NPM_ALONE = words(
  '-s --silent --quiet -q --no-audit --no-fund --offline --prefer-offline -v --version -h --help',
)

/** Tools that a project has as packages, and that the ops of this product run from there. */
const PROJECT_TOOL = /^(?:eslint|oxlint|jest|vitest|tsc|prettier)$/

/** `npm exec --no --offline -- eslint`: nothing but what the project has installed. */
function projectTool(
  argv: Argv,
  ruleOf: (program: string) => Rule | undefined,
): readonly Reach[] | undefined {
  const [, verb, no, offline, end, tool] = argv
  if (verb !== 'exec' || no !== '--no' || offline !== '--offline' || end !== '--') return undefined
  if (tool === undefined || !PROJECT_TOOL.test(tool)) return undefined
  return within(ruleOf(tool) ?? (() => []), argv, 5)
}

export function npm(ruleOf: (program: string) => Rule | undefined): Rule {
  const rule = together(NPM_OPTIONS, installs, caches, verbs(NPM_VERBS, NPM_ALONE))
  return (argv) => projectTool(argv, ruleOf) ?? rule(argv)
}

/** pnpm and yarn run a package's binary by any verb they do not know, so theirs must be on the list too. */
export const otherNpm: Rule = together(
  NPM_OPTIONS,
  installs,
  verbs(
    words(
      'ci install i add run test t start build lint ls list outdated update up upgrade audit why remove rm uninstall ' +
        'prune dedupe pack version help info view fetch import rebuild',
    ),
    NPM_ALONE,
  ),
)

const PIP_PLACE = /^(?:git|hg|svn|bzr)\+|:\/\/|@\s*\w+:|^file:/
export const pip: Rule = together(
  verbs(
    words('install download list show freeze check uninstall wheel help'),
    words('-q --quiet -V --version -h --help'),
  ),
  options({
    why: CARRIES,
    short: 'if',
    long: words('index-url pypi-url extra-index-url find-links proxy trusted-host cert client-cert index'),
  }),
  options({
    why: LOADS,
    short: 'e',
    long: words('editable config-settings global-option build-option python no-build-isolation'),
  }),
  options({
    why: WRITES,
    short: 't',
    long: words('target prefix root src log report cache-dir dest destination-directory'),
  }),
  (argv) => argv.flatMap((word, at) => (at > 0 && PIP_PLACE.test(word ?? '') ? [{ at, why: CARRIES }] : [])),
)

/** The category of a warning is imported by its name. */
const warnings: Rule = (argv) =>
  argv.flatMap((word, at) => {
    const found = /^-W(.*)$/.exec(word ?? '')
    return found && /[.]/.test((found[1] || argv[at + 1]) ?? '') ? [{ at, why: LOADS }] : []
  })

export const pytest: Rule = together(
  warnings,
  options({ why: LOADS, short: 'pc', long: words('rootdir confcutdir config-file inifile pdbcls') }),
  options({ why: WRITES, long: words('basetemp log-file debug'), whole: ['log'] }),
  options({ why: CARRIES, long: words('pastebin') }),
  (argv) =>
    argv.flatMap((word, at) => {
      const settings = word === '-o' ? argv[at + 1] : /^(?:-o|--override-ini=?)(.*)/.exec(word ?? '')?.[1]
      const isSetting = /^(?:-o|--ov)/.test(word ?? '')
      return isSetting && !/^junit_family=\w+$/.test(settings ?? '') ? [{ at, why: LOADS }] : []
    }),
)

const ASSIGNMENT = /^[^-][^=]*=/
const MAKE_PLAIN =
  /^(?:-[knsBSwq]+|-j\d*|--(?:keep-going|dry-run|silent|always-make|jobs=\d+|no-print-directory|version|help)|-v)$/
export const make: Rule = (argv) =>
  argv.flatMap((word, at) => {
    if (at === 0) return []
    if (word === undefined) return [{ at, why: UNJUDGED }]
    if (ASSIGNMENT.test(word) || (word.startsWith('-') && !MAKE_PLAIN.test(word))) return [{ at, why: LOADS }]
    return []
  })

const goOption = (names: string, why: string): Rule => {
  const known = words(names)
  return (argv) =>
    argv.flatMap((word, at) => {
      const name = /^--?([^=]+)/.exec(word ?? '')?.[1]
      return at > 0 && name !== undefined && known.includes(name) ? [{ at, why }] : []
    })
}
export const go: Rule = together(
  verbs(words('build test vet fmt list mod version doc run clean help')),
  goOption('exec toolexec vettool compiler ldflags gccgoflags asmflags gcflags', RUNS),
  goOption('overlay modfile C pkgdir', LOADS),
  goOption('o coverprofile cpuprofile memprofile blockprofile mutexprofile trace outputdir', WRITES),
  (argv) =>
    argv[1] === 'run' || argv[1] === 'build' || argv[1] === 'test'
      ? argv.flatMap((word, at) =>
          /@|:\/\/|^[\w-]+\.[a-z]{2,}\//.test(word ?? '') ? [{ at, why: CARRIES }] : [],
        )
      : [],
)

export const cargo: Rule = together(
  verbs(
    words(
      'build b check c test t run r bench clippy fmt doc d fetch metadata tree update clean add remove version help',
    ),
    words('-q --quiet -v --verbose --locked --offline --frozen -V --version'),
  ),
  options({ why: LOADS, short: 'ZC', long: ['config', 'manifest-path'] }),
  options({ why: WRITES, long: ['target-dir', 'artifact-dir', 'out-dir'] }),
  options({ why: CARRIES, long: ['registry', 'index', 'git'] }),
)

/** What a tool of JavaScript projects loads besides its project's own configuration. */
export const javascriptTool: Rule = together(
  options({
    why: LOADS,
    short: 'crp',
    long: words(
      'config require import loader plugin resolve-plugins-relative-to rulesdir parser project environment ' +
        'global-setup globalsetup globalteardown setupfiles setupfilesafterenv transform runner testrunner testenvironment ' +
        'resolver preset root rootdir dir tsconfig-override',
    ),
    whole: words('projects run'),
  }),
  options({ why: WRITES, short: 'o', long: words('out-dir outdir outfile output-file') }),
  (argv) => argv.flatMap((word, at) => namedByPath(argv, word, at)),
)

/** A reporter or format that is a path is code. */
function namedByPath(argv: Argv, word: string | undefined, at: number): readonly Reach[] {
  if (at === 0 || word === undefined || !/^(?:--(?:format|reporter|reporters)\b|-f)/.test(word)) return []
  const equals = word.indexOf('=')
  const value = equals >= 0 ? word.slice(equals + 1) : /^-f./.test(word) ? word.slice(2) : argv[at + 1]
  return value !== undefined && /^[\w-]+$/.test(value) ? [] : [{ at, why: LOADS }]
}

export const docker: Rule = (argv) =>
  argv.length === 2 && /^(?:ps|images|version|info)$/.test(argv[1] ?? '') ? [] : everyWord(argv)

/** `gh repo clone … -- …` hands options to git, so of its verbs only those are judged that do not. */
export const gh: Rule = (argv) => {
  const [, noun, verb] = argv
  const isPlain =
    /^(?:pr|issue|run|workflow|release|label)$/.test(noun ?? '') &&
    /^(?:list|view|status|diff|checks|create|comment|close|reopen|edit|merge|ready|review|watch|rerun|cancel)$/.test(
      verb ?? '',
    )
  return isPlain || (noun === 'repo' && verb === 'view') ? [] : everyWord(argv)
}
