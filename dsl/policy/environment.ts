// R5 for a request's own environment: a plan that lists commands must not be led to others by a variable. It never
// reads a value.
import type { Grant } from '#dsl/wire/link.ts'
import type { Denial } from './denial.ts'
import { ANYTHING } from './plan.ts'

/**
 * What says how a program shows or labels its work, never what it runs. PATH, BASH_ENV, LD_PRELOAD, GIT_SSH_COMMAND, NODE_OPTIONS
 * and their like name code, and nobody knows all of them.
 */
const HARMLESS =
  /^(?:CI|TERM|COLORTERM|NO_COLOR|FORCE_COLOR|CLICOLOR|COLUMNS|LINES|TZ|LANG|LC_[A-Z]+|NODE_ENV|GIT_REFLOG_ACTION)$/

export function isHarmless(variable: string): boolean {
  return HARMLESS.test(variable)
}

/**
 * Names by which programs are led to other code, settings, hosts or folders: of shells, loaders and tools, and what their like
 * end with. For where both the list and the names are one author's, and only values may be a stranger's.
 */
const LEADS = [
  /^(?:BASH|SHELL|KSH|ZDOTDIR|PROMPT_|TERM(?:INFO|CAP)|XDG_|DBUS_|LD_|DYLD_|GLIBC_|GCONV_|LOCPATH|NLSPATH|MALLOC_|ASAN_)/,
  /^(?:IFS|ENV|PS\d|F?PATH|(?:GLOB|EXEC)IGNORE|(?:OLD)?PWD|USER|LOGNAME|TE?MP|TMPDIR)$/,
  /^(?:OPENSSL_|SSL_|REQUESTS_|CURL_|SSH|GPG|GNUPG|GIT_|GH_|HG|SVN_|LESS|MORE$|BROWSER$|VISUAL$|AWS_|KUBE|DOCKER|COMPOSE_|HELM_|TF_)/,
  /^(?:NODE_|NPM_|YARN|PNPM_|COREPACK_|BUN_|DENO_|ESBUILD_|TSX?_|VITE_|JEST_|PLAYWRIGHT_|ELECTRON_)/,
  /^(?:PYTHON|PIP_|UV_|POETRY_|PDM_|VIRTUAL_ENV|CONDA|PYTEST_|PERL|RUBY|GEM_|BUNDLE_|RAKE|PHP|COMPOSER_|LUA_|R_|TCL_|ERL_|ELIXIR_)/,
  /^(?:_?JAVA|JDK_|CLASSPATH|MAVEN_|GRADLE_|KOTLIN_|SCALA_|SBT_|MAKE|CMAKE_|NINJA_|PKG_CONFIG|(?:CC|CXX|CPP|LD|AR|AS|NM|RANLIB)$)/,
  /^(?:CARGO|RUST|GO[A-Z]*(?:FLAGS|PATH|ROOT|BIN|PROXY|WORK|ENV|TOOLCHAIN|DB|VCS|AUTH|CACHE|OS|ARCH|DEBUG)$|CGO_|DOTNET_|NUGET_|MSBUILD)/,
  /^(?:TAR_|GREP_|RIPGREP_|FZF_|GZIP|XZ_|ZSTD_|UNZIP|ZIPOPT|(?:INPUT|NET|SCREEN|WGET|N?VIM)RC$)/,
  /(?:PATH|OPTS|OPTIONS?|FLAGS|ARGS|CONFIG(?:_FILE)?|_RC|_CONF|HOME|ROOT|PRELOAD|COMMAND|CMD|SHELL|EDITOR|PAGER|ASKPASS|PROXY|WRAPPER|LOADER|PLUGINS?)$/,
]
/** As every shell reads one. */
const PLAIN = /^[A-Za-z_][A-Za-z0-9_]*$/

function leads(variable: string): boolean {
  if (isHarmless(variable)) return false
  return !PLAIN.test(variable) || LEADS.some((names) => names.test(variable.toUpperCase()))
}

/** Undefined when these variables may be set. */
export function judgeEnvironment(
  { plan, commands, within }: Grant,
  env: Readonly<Record<string, string>> = {},
): Denial | undefined {
  if (commands.includes(ANYTHING)) return undefined
  // The first list is the plan's; one that allows anything was narrowed by the author of these names.
  const isOwnList = within?.[0]?.includes(ANYTHING) === true
  const name = Object.keys(env).find((variable) => (isOwnList ? leads(variable) : !isHarmless(variable)))
  if (name === undefined) return undefined
  const shown = name.slice(0, 120)
  const remedy = isOwnList ? 'Give it another name' : 'Leave it out'
  return {
    allowed: false,
    rule: 'R5',
    node: shown,
    column: 1,
    reason: `The plan "${plan}" lists commands, so a request may not set "${shown}", which could lead them to others. ${remedy}.`,
  }
}
