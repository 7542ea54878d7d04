// R9 for single programs: a table of the options by which each one reaches. Data; it decides nothing.
import { shell } from './interpreter.ts'
import { CARRIES, everyWord, LOADS, options, RUNS, together, UNJUDGED, within, WRITES } from './reach.ts'
import type { Argv, Reach, Rule } from './reach.ts'

const words = (text: string): readonly string[] => text.split(' ')

/** `host:path` and `scheme://…`, which a copying program opens a connection for. */
const REMOTE = /^[^/-][^/]*:/
const remote: Rule = (argv) =>
  argv.flatMap((word, at) => (at > 0 && REMOTE.test(word ?? '') ? [{ at, why: CARRIES }] : []))

/** The dash of a bundle may be left out of tar's first word. */
const tarOld: Rule = (argv) =>
  /^[A-Za-z]+$/.test(argv[1] ?? '') && /[IFTgP]/.test(argv[1] ?? '') ? [{ at: 1, why: RUNS }] : []

function find(ruleOf: (program: string) => Rule | undefined): Rule {
  const writes = options({
    why: WRITES,
    endless: true,
    words: words('-fprint -fprint0 -fprintf -fls -delete -files0-from'),
  })
  const runs = new Set(words('-exec -execdir -ok -okdir'))
  const executes: Rule = (argv) => {
    const at = argv.findIndex((word) => word !== undefined && runs.has(word))
    if (at < 0) return []
    const known = argv[at + 1] === undefined ? undefined : ruleOf(argv[at + 1] ?? '')
    // No list has judged a script that stands here, and several commands in one are for nobody to read.
    const inner =
      known === shell || argv.some((word, other) => other > at && runs.has(word ?? '')) ? everyWord : known
    const program = argv.length > at + 1 ? [{ at: at + 1, why: RUNS }] : []
    return [{ at, why: RUNS }, ...program, ...(inner === undefined ? [] : within(inner, argv, at + 1))]
  }
  return together(writes, executes)
}

const CURL_PLAIN =
  /^(?:-[sSfLIivgG#46]+|--(?:silent|show-error|fail|fail-with-body|location|head|include|verbose|compressed|get|no-buffer|ipv4|ipv6|http1\.1|http2|globoff|progress-bar|retry-connrefused|retry-all-errors))$/
const CURL_VALUED =
  /^(?:-[sSfLIivgG#46]*[XHdmAb]|--(?:request|header|data|data-raw|json|max-time|connect-timeout|retry|retry-delay|user-agent|cookie))$/
const CURL_JOINED = /^-[XHdmA]./

/** Only what is known passes: curl's options that load, write or go elsewhere are many, and each version has more. */
const curl: Rule = (argv) => {
  const reaches: Reach[] = []
  for (let at = 1; at < argv.length; at += 1) {
    const word = argv[at]
    if (word === undefined) reaches.push({ at, why: UNJUDGED })
    else if (CURL_PLAIN.test(word) || CURL_JOINED.test(word)) continue
    else if (CURL_VALUED.test(word)) at += 1
    else if (word.startsWith('-')) reaches.push({ at, why: LOADS })
    else if (!/^(?:https?:\/\/[^{[]*|[\w.-]+(?::\d+)?(?:\/[^:{[]*)?)$/i.test(word))
      reaches.push({ at, why: CARRIES })
  }
  return reaches
}

/** Options and "+commands" of editors and pagers. */
const dashed: Rule = (argv) =>
  argv.flatMap((word, at) => (at > 0 && /^[-+]./.test(word ?? '') ? [{ at, why: RUNS }] : []))

const secondFile: Rule = (argv) => {
  const files = argv.flatMap((word, at) => (at > 0 && !/^-./.test(word ?? '-x') ? [at] : []))
  return files.slice(1).map((at) => ({ at, why: WRITES }))
}

const compiler = together(options({ why: RUNS, endless: true, short: 'B', words: ['-wrapper'] }), (argv) =>
  argv.flatMap((word, at) =>
    at > 0 &&
    /^(?:@|-{1,2}(?:specs|fplugin|fuse-ld|Xclang|load|wrapper|config|Wl,|Wa,|Xlinker|Xassembler|no-canonical))/.test(
      word ?? '',
    )
      ? [{ at, why: LOADS }]
      : [],
  ),
)

export function tools(ruleOf: (program: string) => Rule | undefined): Readonly<Record<string, Rule>> {
  const fd = options({ why: RUNS, short: 'xX', long: words('exec exec-batch') })
  const zip = together(
    options({ why: RUNS, short: 'T', long: ['unzip-command', 'test'] }),
    options({ why: WRITES, short: 'O', long: ['output-file', 'out'] }),
  )
  const apt = options({ why: LOADS, short: 'oc', long: words('option config-file') })
  const grepLike = options({ why: RUNS, long: words('pre hostname-bin') })
  return {
    find: find(ruleOf),
    fd,
    fdfind: fd,
    rg: grepLike,
    ag: options({ why: RUNS, long: ['pager'] }),
    tar: together(
      options({
        why: RUNS,
        short: 'IF',
        endless: true,
        long: words(
          'checkpoint-action to-command use-compress-program rsh-command rmt-command info-script new-volume-script',
        ),
        whole: ['checkpoint'],
      }),
      options({ why: LOADS, short: 'T', long: ['files-from'] }),
      options({
        why: WRITES,
        short: 'Pg',
        long: words('absolute-names index-file listed-incremental volno-file'),
      }),
      tarOld,
      remote,
    ),
    cpio: options({ why: RUNS, short: 'FOE', long: words('rsh-command file pattern-file') }),
    rsync: together(
      options({ why: RUNS, short: 'eM', long: words('rsh rsync-path remote-option') }),
      options({ why: LOADS, long: words('config daemon server password-file files-from filter') }),
      options({
        why: WRITES,
        short: 'T',
        long: words('log-file write-batch only-write-batch backup-dir temp-dir partial-dir'),
      }),
      remote,
    ),
    zip,
    sort: together(
      options({ why: RUNS, long: ['compress-program'] }),
      options({ why: WRITES, short: 'oT', long: words('output temporary-directory') }),
    ),
    split: options({ why: RUNS, long: ['filter'] }),
    uniq: secondFile,
    shuf: options({ why: WRITES, short: 'o', long: ['output'] }),
    tree: options({ why: WRITES, short: 'o' }),
    patch: options({ why: WRITES, short: 'oeg', long: words('output ed get reject-file') }),
    install: options({ why: RUNS, long: ['strip-program'] }),
    date: options({ why: LOADS, short: 'sf', long: ['set', 'file'] }),
    apt,
    'apt-get': apt,
    curl,
    wget: together(
      options({ why: RUNS, short: 'e', long: words('execute use-askpass') }),
      options({
        why: LOADS,
        short: 'i',
        long: words('config input-file body-file post-file ca-certificate'),
      }),
      options({
        why: WRITES,
        short: 'OPoa',
        long: words('output-document directory-prefix output-file append-output save-cookies warc-file'),
      }),
    ),
    gcc: compiler,
    'g++': compiler,
    cc: compiler,
    'c++': compiler,
    clang: compiler,
    'clang++': compiler,
    ...Object.fromEntries(
      words('man less more most vi vim nvim view nano emacs ed ex').map((name) => [name, dashed]),
    ),
    ...Object.fromEntries(EVERY.map((name) => [name, everyWord])),
  }
}

/** Programs that run, load or connect by their first word. */
const EVERY = words(
  'ssh scp sftp su runuser pkexec watch parallel script expect screen tmux at batch crontab systemd-run systemctl ' +
    'chroot unshare nsenter setpriv setarch taskset chrt prlimit flock entr run-parts start-stop-daemon proot fakeroot faketime ' +
    'gdb lldb valgrind socat nc ncat netcat telnet ftp lftp npx pnpx bunx uvx uv pipx corepack deno bun tsx ts-node ' +
    'java dotnet Rscript osascript m4 dc ld kubectl helm terraform ansible ansible-playbook mysql psql sqlite3 ' +
    'openssl gpg dpkg apt-config rpm yum dnf apk brew snap mount umount podman nerdctl buildah',
)

/** What programs without a rule of their own are asked for: options that everywhere mean the same. Whole names only. */
const COMMON = new Map<string, string>([
  ...words(
    'exec execute command eval shell script-shell pager editor rsh use-compress-program filter-command',
  ).map((name) => [name, RUNS] as const),
  ...words(
    'config config-file config-path settings-file rcfile init-file init-hook plugin plugins load-plugins require import loader ' +
      'preload load lua-filter python-executable',
  ).map((name) => [name, LOADS] as const),
  ...words('proxy unix-socket').map((name) => [name, CARRIES] as const),
])

export function common(argv: Argv): readonly Reach[] {
  const end = argv.indexOf('--')
  return argv.flatMap((word, at) => {
    if (at === 0 || (end >= 0 && at > end)) return []
    const why = COMMON.get(/^--([\w-]+)/.exec(word ?? '')?.[1] ?? '')
    return why === undefined ? [] : [{ at, why }]
  })
}

/** Programs that only print what they are given, or are shell's own: no word of theirs reaches. */
export const PLAIN = new Set(
  words(
    'echo printf ls cat grep egrep fgrep head tail wc cut tr true false test [ pwd cd exit basename dirname seq sleep ' +
      'mkdir rmdir touch rm cp mv ln chmod stat du df id uname whoami which cmp comm paste fold expr yes',
  ),
)
