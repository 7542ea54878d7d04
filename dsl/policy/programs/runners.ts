// R9 for shells that nobody here can read, for the languages beside them, and for what builds or starts whatever it is told.
// Data and small rules; it decides nothing.
import { script } from './interpreter.ts'
import { CARRIES, everyWord, LOADS, options, together, UNJUDGED, verbs } from './reach.ts'
import type { Rule } from './reach.ts'

const words = (text: string): readonly string[] => text.split(' ')
const each = (names: string, rule: Rule) => words(names).map((name) => [name, rule] as const)

/** Their scripts are no POSIX shell's, so that only a file may be named. */
const SHELLS = 'fish csh tcsh mksh pdksh oksh lksh posh yash elvish nu xonsh pwsh powershell es rc osh ysh'
const LANGUAGES =
  'lua luajit guile racket tclsh wish julia elixir escript groovy scala kotlin clojure clj runghc runhaskell ghci iex irb ' +
  'pry erl octave gnuplot sbcl swipl raku ocaml'
/** Their first word is a program, a host or code. */
const RUNNERS =
  'R mise asdf direnv conda mamba micromamba lerna nx turbo nodemon concurrently cross-env cross-env-shell dotenv npm-run-all ' +
  'run-s run-p pm2 forever gulp grunt tox nox hatch pdm rye pipenv pre-commit watchexec hyperfine rlwrap unbuffer dtach abduco ' +
  'tmate dbus-run-session cgexec choom torsocks proxychains proxychains4 linux32 linux64 eatmydata firejail bwrap runc crun ' +
  'systemd-nspawn machinectl git-shell git-upload-pack git-receive-pack git-upload-archive scalar mosh aws gcloud az vagrant ' +
  'act ccache sccache distcc perf service pandoc latexmk pdflatex xelatex lualatex latex tex svn hg bzr cvs p4 caddy nginx'

const BUILD_PLAIN =
  /^(?:-[qvBU]+|-j\d*|--(?:quiet|verbose|offline|batch-mode|no-daemon|info|stacktrace|parallel|keep-going|dry-run|silent|version|help))$/
/** A goal of the project's own; `group:plugin:goal` is somebody else's program. */
const GOAL = /^[A-Za-z][\w-]*$/
const TASK = /^:?[A-Za-z][\w:-]*$/

/** Targets of the project's own build file; another file, a setting or a place must be spelled. */
const builds =
  (target: RegExp): Rule =>
  (argv) =>
    argv.flatMap((word, at) => {
      if (at === 0) return []
      if (word === undefined) return [{ at, why: UNJUDGED }]
      return BUILD_PLAIN.test(word) || target.test(word) ? [] : [{ at, why: LOADS }]
    })

const CMAKE_PLAIN =
  /^(?:\.|--(?:build|parallel|target|config|verbose|version|help)|-[SBv]|-j\d*|\w[\w-]*(?:\/\w[\w-]*)*)$/
/** `-D` sets compilers, `-E` and `-P` run what follows, `-C` and `-G` load it. */
const cmake: Rule = (argv) =>
  argv.flatMap((word, at) =>
    at > 0 && !(word !== undefined && CMAKE_PLAIN.test(word)) ? [{ at, why: LOADS }] : [],
  )

export const RUNNING: Readonly<Record<string, Rule>> = Object.fromEntries([
  ...each(SHELLS, script),
  ...each(LANGUAGES, script),
  ...each(RUNNERS, everyWord),
  ...each('mvn mvnw ant rake just task', builds(GOAL)),
  ...each('gradle gradlew ninja', builds(TASK)),
  ...each('cmake', cmake),
  ...each('bundle bundler', verbs(words('install check list outdated show info lock'), ['--version'])),
  ...each('poetry', verbs(words('install check lock show build version'), ['--version'])),
  ...each('composer', verbs(words('install validate show outdated audit'), ['--version'])),
  ...each('coverage', verbs(words('report html xml json erase combine'), ['--version'])),
  ...each(
    'gem',
    together(
      verbs(words('install list search info outdated'), ['--version']),
      options({ why: CARRIES, short: 's', long: ['source', 'clear-sources', 'http-proxy'] }),
    ),
  ),
])
