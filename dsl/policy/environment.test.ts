import { describe, expect, it } from 'vitest'
import { isHarmless, judgeEnvironment } from './environment.ts'
import { narrowGrant } from './narrow.ts'

const listed = { plan: 'basico', commands: ['git status'], terminals: false }
const libre = { plan: 'libre', commands: ['*'], terminals: true }

describe("a request's own environment", () => {
  it.each([
    'PATH',
    'BASH_ENV',
    'ENV',
    'LD_PRELOAD',
    'GIT_SSH_COMMAND',
    'NODE_OPTIONS',
    'SHLVL',
    'HOME',
    'IFS',
  ])('may not set %s in a plan that lists commands', (name) => {
    expect(judgeEnvironment(listed, { CI: 'true', [name]: 'x' })).toMatchObject({ rule: 'R5', node: name })
    expect(judgeEnvironment(libre, { [name]: 'x' })).toBeUndefined()
  })

  it('may say how a program shows its work', () => {
    expect(
      judgeEnvironment(listed, {
        CI: 'true',
        NO_COLOR: '1',
        LC_ALL: 'C',
        NODE_ENV: 'test',
        GIT_REFLOG_ACTION: 'r1/a/1',
      }),
    ).toBeUndefined()
    expect(judgeEnvironment(listed, undefined)).toBeUndefined()
  })

  const narrowed = narrowGrant(libre, ['npm ci'], 'policy.allow_commands of ci')

  it.each([
    'CI',
    'FOO',
    'NODE_ENV',
    'RELEASE',
    'VERSION',
    'pr_title',
    'A1',
    'GITHUB_SHA',
    'TITLE',
    'DEPLOY_TO',
    'ENVIRONMENT',
    'ARTIFACT',
    'PIPELINE',
    'TEMPLATE',
    'SRC',
    'GOAL',
    'TARGET',
    'USER_NAME',
  ])('may set %s where the author of the workflow alone lists commands', (name) => {
    expect(judgeEnvironment(narrowed, { [name]: 'x' })).toBeUndefined()
    const both = narrowGrant(listed, ['git *'], 'policy.allow_commands of ci')
    const isHarmlessEverywhere = name === 'CI' || name === 'NODE_ENV'
    expect(judgeEnvironment(both, { [name]: 'x' }) === undefined).toBe(isHarmlessEverywhere)
  })

  it.each(
    `PATH path IFS ENV BASH_ENV BASHOPTS SHELLOPTS BASH_FUNC_npm%% PROMPT_COMMAND PS4 CDPATH SHELL HOME XDG_CONFIG_HOME
    LD_PRELOAD LD_LIBRARY_PATH DYLD_INSERT_LIBRARIES GLIBC_TUNABLES GCONV_PATH LOCPATH MALLOC_CONF
    GIT_SSH_COMMAND GIT_CONFIG_COUNT GIT_DIR GIT_EXTERNAL_DIFF SSH_ASKPASS SSH_AUTH_SOCK EDITOR VISUAL PAGER LESSOPEN LESS BROWSER
    NODE_OPTIONS NODE_PATH NODE_EXTRA_CA_CERTS npm_config_script_shell NPM_CONFIG_REGISTRY npm_execpath YARN_RC_FILENAME
    PNPM_HOME COREPACK_NPM_REGISTRY BUN_OPTIONS DENO_DIR PYTHONPATH PYTHONSTARTUP PIP_INDEX_URL UV_INDEX VIRTUAL_ENV CONDA_EXE
    PERL5OPT PERL5LIB RUBYOPT RUBYLIB GEM_HOME BUNDLE_GEMFILE JAVA_TOOL_OPTIONS _JAVA_OPTIONS JDK_JAVA_OPTIONS CLASSPATH
    MAVEN_OPTS GRADLE_OPTS MAKEFLAGS MAKEFILES CC CXX CFLAGS LDFLAGS AR RUSTC RUSTC_WRAPPER CARGO_BUILD_RUSTC GOFLAGS GOPATH
    PHPRC PHP_INI_SCAN_DIR COMPOSER_HOME LUA_INIT R_PROFILE HTTP_PROXY https_proxy ALL_PROXY no_proxy SSL_CERT_FILE CURL_HOME
    WGETRC TAR_OPTIONS GREP_OPTIONS RIPGREP_CONFIG_PATH OPENSSL_CONF DOCKER_HOST KUBECONFIG AWS_CONFIG_FILE TERMINFO
    TMPDIR FOO_OPTIONS MY_PATH ESLINT_FLAGS XARGS_ARGS`.split(/\s+/),
  )('may not set %s, which leads programs elsewhere, and is told so by its name', (name) => {
    expect(judgeEnvironment(narrowed, { CI: 'true', [name]: 'x' })).toMatchObject({
      rule: 'R5',
      node: name,
      reason: expect.stringContaining(`"${name}"`),
    })
    expect(isHarmless(name)).toBe(false)
  })
})
