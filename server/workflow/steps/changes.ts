// What each step of a run changed in its repository, as one unified diff: the tree after the step against the tree after the
// one before. git works in a folder of its own beside the repository, so that neither its index, its work tree nor its
// configuration is touched or trusted. It never fails a step; steps that run at once share what they change.
import { createHash } from 'node:crypto'
import { REPOSITORY } from '#dsl/repository.ts'
import type { Log } from '#server/log.ts'
import type { StepCall } from '#server/workflow/step-runner.ts'
import type { AskShell, RunWorkspaces } from './run-workspace.ts'

/** Bytes of one diff; a larger change is told by the files that it touches. */
export const DIFF_MAX = 4_194_304
/** KiB of one file; a larger one that changes is not looked into. */
const FILE_MAX_KIB = 10_240
const LOOK_MS = 10_000
/** Runs that are remembered; one that is forgotten is begun again, which changes nothing. */
const RUNS_MAX = 1000
const ROOT = '/work/.chispart/changes'
const SAME = 3

export interface Changes {
  /** Before a step of the run changes anything: the first call of a run keeps what is there. Never rejects. */
  begin(call: StepCall, signal: AbortSignal): Promise<void>
  /**
   * Hands the path of the diff of what was changed since the step before to `take`; an attempt that is joined again hands
   * out the same. Never rejects, but with what `take` rejects with.
   */
  after(call: StepCall, signal: AbortSignal, take: (path: string) => Promise<void>): Promise<void>
  forget(run: string): void
}

export function createChanges(workspaces: () => Pick<RunWorkspaces, 'shell'>, log: Log): Changes {
  /** Whether changes of the run can be told. */
  const begun = new Map<string, Promise<boolean>>()

  async function ask({ run, key }: StepCall, signal: AbortSignal, script: string): Promise<number> {
    const shell: AskShell = workspaces().shell(run, AbortSignal.any([signal, AbortSignal.timeout(LOOK_MS)]))
    try {
      return (await shell(script)).exitCode
    } catch (error) {
      // Whoever ended the step says why.
      if (!signal.aborted) log.warn({ step: key, err: error }, 'what a step changed is not known')
      return -1
    }
  }

  function remember(run: string, known: Promise<boolean>): void {
    begun.delete(run)
    begun.set(run, known)
    for (const old of begun.keys()) {
      if (begun.size <= RUNS_MAX) return
      begun.delete(old)
    }
  }

  return {
    async begin(call, signal) {
      const { id, repo } = call.run
      if (repo === undefined) return
      const known = begun.get(id) ?? ask(call, signal, beginning(id)).then((code) => code === 0)
      remember(id, known)
      // Another step of the run is still to have its chance when this one was ended.
      if (!(await known) && signal.aborted) begun.delete(id)
    },
    async after(call, signal, take) {
      const { id } = call.run
      if ((await begun.get(id)) !== true) return
      const own = `${ROOT}/${id}/${createHash('sha256').update(call.key).digest('hex').slice(0, 24)}`
      const code = await ask(call, signal, ending(id, own))
      if (code === SAME) return
      // What cannot be told once, as in a repository too large to be looked at in time, holds up no further step.
      if (code !== 0) return remember(id, Promise.resolve(false))
      try {
        await take(`${own}/changes.diff`)
      } finally {
        await ask(call, signal, `rm -f ${own}/changes.diff`)
      }
    },
    forget: (run) => void begun.delete(run),
  }
}

/** Its git has no configuration: filters, hooks and monitors of the repository do not run. `$state`, `$git` and `snap`. */
const setting = (run: string) => `set -e; cd ${REPOSITORY}; [ -d .git/objects ]
state=${ROOT}/${run}; git=$state/git-$$; trap 'rm -rf "$git"' EXIT
mkdir -p $state/objects $git/objects $git/refs; echo 'ref: refs/heads/none' > $git/HEAD
export GIT_DIR=$git GIT_WORK_TREE=${REPOSITORY} GIT_INDEX_FILE=$state/index GIT_LITERAL_PATHSPECS=1
export GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null GIT_OPTIONAL_LOCKS=0
export GIT_OBJECT_DIRECTORY=$state/objects GIT_ALTERNATE_OBJECT_DIRECTORIES=${REPOSITORY}/.git/objects
list() { git -c core.excludesFile=$state/exclude ls-files -z "$@"; }
snap() {
  cp -p $state/index $git/index; export GIT_INDEX_FILE=$git/index
  { list --deleted
    sed -z 's|^|./|' $git/list | xargs -0 -r sh -c 'find "$@" -maxdepth 0 \\( -type f -o -type l \\) -size -${FILE_MAX_KIB}k -print0' sh || :
  } 2> /dev/null | git -c core.looseCompression=0 update-index -z --add --remove --replace --stdin
  git write-tree --missing-ok > $git/tree; read -r tree < $git/tree
}
keep() { mv -f $git/index $state/index; mv -f $git/tree $state/tree; }
look() { list --modified --others --exclude-standard > $git/list; }`

/** The repository's own index knows which files are as they were checked out: nothing is read that did not change. */
const beginning = (run: string) => `${setting(run)}
[ ! -s $state/tree ] || exit 0
cp -p .git/index $state/index
{ echo node_modules; cat .git/info/exclude 2> /dev/null || :; } > $state/exclude
look; snap; keep`

const ending = (run: string, own: string) => `${setting(run)}
read -r last < $state/tree; base=$last
[ ! -s ${own}/base ] || read -r base < ${own}/base
look; tree=$last; [ ! -s $git/list ] || snap
[ "$tree" != "$base" ] || exit ${SAME}
mkdir -p ${own}; echo $base > $git/base; mv -f $git/base ${own}/base
[ "$tree" = "$last" ] || keep
diff() { git diff-tree -r --no-renames --no-ext-diff --no-textconv "$@" $base $tree; }
diff --patch --binary --full-index | head -c ${DIFF_MAX + 1} > ${own}/changes.diff
[ $(wc -c < ${own}/changes.diff) -le ${DIFF_MAX} ] || {
  echo 'The change has more than ${DIFF_MAX} bytes; these are its files.'
  diff --stat=200 | head -c ${DIFF_MAX - 100}
} > ${own}/changes.diff`
