// Which linters a project has, and their commands. It decides by the names of files and never runs anything.
import { LINTERS } from '#dsl/text/finding.ts'
import type { Linter } from '#dsl/text/finding.ts'

export interface LinterCommand {
  readonly linter: Linter
  readonly argv: readonly string[]
  /** The project has a configuration for it: it must run. Else it runs where it is installed and allowed. */
  readonly configured: boolean
  /** A file that is there when it is installed; undefined where only trying tells. */
  readonly installed?: string
}

const CONFIGURATION: Readonly<Record<Linter, RegExp>> = {
  eslint: /^(?:eslint\.config\.[cm]?[jt]s|\.eslintrc(?:\.(?:[cm]?js|json|ya?ml))?)$/,
  oxlint: /^(?:\.oxlintrc\.jsonc?|oxlint\.config\.ts)$/,
  ruff: /^\.?ruff\.toml$/,
  shellcheck: /^\.shellcheckrc$/,
  'ast-grep': /^sgconfig\.ya?ml$/,
}

/** Those of npm run from the project's own packages, without asking a registry. */
const PACKAGED = ['npm', 'exec', '--no', '--offline', '--'] as const

/** `top`: names in the project's folder. `files`: paths of all its files, relative. */
export function lintersOf(top: readonly string[], files: readonly string[]): readonly LinterCommand[] {
  const scripts = files.filter((file) => file.endsWith('.sh'))
  const commands: Readonly<Record<Linter, readonly string[] | undefined>> = {
    eslint: [...PACKAGED, 'eslint', '--format', 'json', '.'],
    oxlint: [...PACKAGED, 'oxlint', '--format', 'json', '--ignore-pattern', '**/node_modules/**', '.'],
    ruff: ['ruff', 'check', '--output-format', 'json', '.'],
    shellcheck: scripts.length === 0 ? undefined : ['shellcheck', '--format=json1', '--', ...scripts],
    'ast-grep': ['ast-grep', 'scan', '--json=compact'],
  }
  const hasPython = files.some((file) => file.endsWith('.py'))
  const wanted: Readonly<Partial<Record<Linter, boolean>>> = {
    ruff: hasPython,
    shellcheck: scripts.length > 0,
  }
  return LINTERS.flatMap((linter): LinterCommand[] => {
    const argv = commands[linter]
    const configured = top.some((name) => CONFIGURATION[linter].test(name))
    if (argv === undefined || (!configured && wanted[linter] !== true)) return []
    const installed = argv[0] === 'npm' ? { installed: `node_modules/.bin/${linter}` } : {}
    return [{ linter, argv, configured, ...installed }]
  })
}
