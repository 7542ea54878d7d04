// Which tool runs a project's tests, and the command that makes it write a report. It decides by the project's files
// and never runs anything.
import { z } from 'zod'

export const FRAMEWORKS = ['npm', 'jest', 'vitest', 'node:test', 'pytest'] as const
export type Framework = (typeof FRAMEWORKS)[number]

/** What is known of the project: its package.json, when it has one, and the names of its files. */
export interface Project {
  readonly manifest?: Manifest | undefined
  readonly names: readonly string[]
}

const MANIFEST = z.object({
  scripts: z.object({ test: z.string().optional() }).loose().default({}),
  dependencies: z.looseObject({}).default({}),
  devDependencies: z.looseObject({}).default({}),
})
export type Manifest = z.output<typeof MANIFEST>

/** Undefined when the text is no package.json. */
export function parseManifest(text: string): Manifest | undefined {
  try {
    return MANIFEST.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}

const PYTHON = /^(?:pytest\.ini|conftest\.py|pyproject\.toml|setup\.cfg|tox\.ini|test_.*\.py|.*_test\.py)$/
/** What `npm init` writes for a project without tests. */
const NO_TESTS = /no test specified/

/** Undefined when nothing says how this project is tested. */
export function detect({ manifest, names }: Project): Framework | undefined {
  const script = scriptOf(manifest)
  if (script !== undefined) return named(script) ?? 'npm'
  for (const tool of ['vitest', 'jest'] as const) if (dependsOn(manifest, tool)) return tool
  return names.some((name) => PYTHON.test(name)) ? 'pytest' : undefined
}

function scriptOf(manifest: Manifest | undefined): string | undefined {
  const script = manifest?.scripts.test
  return script === undefined || NO_TESTS.test(script) ? undefined : script
}

function named(script: string): Framework | undefined {
  if (/(?:^|[\s/])vitest(?:\s|$)/.test(script)) return 'vitest'
  if (/(?:^|[\s/])jest(?:\s|$)/.test(script)) return 'jest'
  return /(?:^|[\s/])node\s.*--test(?:\s|$)/.test(script) ? 'node:test' : undefined
}

function dependsOn(manifest: Manifest | undefined, name: string): boolean {
  return (
    manifest !== undefined && [manifest.dependencies, manifest.devDependencies].some((all) => name in all)
  )
}

export interface TestCommand {
  readonly argv: readonly string[]
  /** The report that the tool writes; undefined when it writes none. */
  readonly report?: { readonly path: string; readonly format: 'junit' | 'jest' }
}

export const REPORT = { junit: 'tests.xml', jest: 'tests.json' } as const

/**
 * The project's own script runs its tests where it names the tool, so that a plan which lists `npm test` is enough;
 * npm hands what follows `--` to the tool. `folder`: where the report goes, absolute.
 */
export function commandOf(framework: Framework, { manifest }: Project, folder: string): TestCommand {
  if (framework === 'npm') return { argv: ['npm', 'test'] }
  const format = framework === 'jest' ? 'jest' : 'junit'
  const report = { path: `${folder}/${REPORT[format]}`, format } as const
  if (framework === 'pytest')
    return { argv: ['pytest', `--junitxml=${report.path}`, '-o', 'junit_family=xunit1'], report }
  const script = scriptOf(manifest)
  const byScript = script !== undefined && named(script) === framework
  const flags = FLAGS[framework](report.path)
  if (!byScript) return { argv: [...DIRECT[framework], ...flags], report }
  // Behind a file's name, node takes an option for one more file.
  if (framework === 'node:test' && namesFiles(script)) return { argv: ['npm', 'test'] }
  return { argv: ['npm', 'test', '--', ...flags], report }
}

type Reporting = 'jest' | 'vitest' | 'node:test'

const DIRECT: Readonly<Record<Reporting, readonly string[]>> = {
  jest: ['npm', 'exec', '--no', '--offline', '--', 'jest'],
  vitest: ['npm', 'exec', '--no', '--offline', '--', 'vitest', 'run'],
  'node:test': ['node', '--test'],
}

const FLAGS: Readonly<Record<Reporting, (report: string) => readonly string[]>> = {
  jest: (report) => ['--json', '--testLocationInResults', `--outputFile=${report}`],
  vitest: (report) => ['--reporter=default', '--reporter=junit', `--outputFile.junit=${report}`],
  'node:test': (report) => [
    '--test-reporter=spec',
    '--test-reporter-destination=stdout',
    '--test-reporter=junit',
    `--test-reporter-destination=${report}`,
  ],
}

function namesFiles(script: string): boolean {
  const words = script.trim().split(/\s+/)
  return words.slice(words.indexOf('node') + 1).some((word) => !word.startsWith('-'))
}
