import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ESLint } from 'eslint'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const ROOT = fileURLToPath(new URL('../', import.meta.url))
const LAYERS = ['dsl', 'runtime', 'server', 'web', 'cli', 'infra', 'e2e']
let folder = ''

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'chispart-guards-'))
  for (const name of ['package.json', 'tsconfig.base.json', 'tsconfig.tests.json'])
    cpSync(ROOT + name, join(folder, name))
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function plant(files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
}

function run(...argv: string[]): string {
  return spawnSync(process.execPath, argv, { cwd: folder, encoding: 'utf8' }).stdout
}

/** One violation of each rule of the import graph: the importing file → what it imports. */
const VIOLATIONS: Readonly<Record<string, readonly [string, string]>> = {
  'no-cycles': ['dsl/egg.ts', './hen.ts'],
  'dsl-is-a-layer': ['dsl/up.ts', '#runtime/leaf.ts'],
  'runtime-is-a-layer': ['runtime/up.ts', '#server/leaf.ts'],
  'server-is-a-layer': ['server/up.ts', '#web/leaf.ts'],
  'web-is-a-layer': ['web/up.ts', '#server/leaf.ts'],
  'cli-is-a-layer': ['cli/up.ts', '#runtime/leaf.ts'],
  'ops-are-islands': ['dsl/ops/one/a.ts', '#dsl/ops/two/b.ts'],
  'doors-do-not-know-each-other': ['server/doors/ws.ts', './rest.ts'],
  'panes-do-not-know-each-other': ['web/panes/files/view.ts', '#web/panes/terminal/view.ts'],
  'node-pty-has-one-importer': ['server/pty.ts', 'node-pty'],
  'yaml-has-one-importer': ['server/file.ts', 'yaml'],
  'dockerode-has-one-importer': ['server/engine.ts', 'dockerode'],
  'drizzle-orm-has-one-importer': ['server/query.ts', 'drizzle-orm'],
  '@aws-sdk-has-one-importer': ['server/bucket.ts', '@aws-sdk/client-s3'],
  'product-does-not-import-tests': ['dsl/leafy.ts', './leaf.test.ts'],
}
const LEAVES = [
  ...['runtime/leaf.ts', 'server/leaf.ts', 'web/leaf.ts', 'dsl/leaf.test.ts', 'dsl/ops/two/b.ts'],
  ...['server/doors/rest.ts', 'web/panes/terminal/view.ts'],
]

describe('the import graph', () => {
  it('turns red for each of its rules', () => {
    plant(Object.fromEntries(LEAVES.map((name) => [name, 'export const leaf = 1\n'])))
    plant({ 'dsl/hen.ts': "import './egg.ts'\nexport const hen = 1\n" })
    plant(Object.fromEntries(Object.values(VIOLATIONS).map(([name, to]) => [name, `import '${to}'\n`])))
    const config = join(ROOT, 'infra/depcruise.cjs')
    const { forbidden } = createRequire(import.meta.url)(config) as { forbidden: { name: string }[] }
    const cruise = 'node_modules/.bin/depcruise'
    const report = run(
      cruise,
      '--config',
      config,
      '--output-type',
      'json',
      'dsl',
      'runtime',
      'server',
      'web',
      'cli',
    )
    const { summary } = JSON.parse(report) as {
      summary: { violations: { rule: { name: string }; from: string }[] }
    }
    const red = summary.violations.map(({ rule, from }) => `${rule.name}: ${from}`)
    expect(Object.keys(VIOLATIONS).sort()).toEqual(forbidden.map(({ name }) => name).sort())
    for (const [name, [from]] of Object.entries(VIOLATIONS)) expect(red).toContain(`${name}: ${from}`)
  })
})

describe('the linter', () => {
  const eslint = new ESLint({ cwd: ROOT })
  it.each([
    ['the environment outside a config.ts', 'export const home = process.env.HOME', 'no-restricted-syntax'],
    ['a default export', 'export default 1', 'no-restricted-syntax'],
    ['an import from above', "import '../dsl/op.ts'", 'no-restricted-imports'],
    ['a promise that nobody waits for', 'Promise.resolve(1)', '@typescript-eslint/no-floating-promises'],
    ['any', 'export const x: any = 1', '@typescript-eslint/no-explicit-any'],
    ['console', "console.log('x')", 'no-console'],
    ['a file that is too long', 'export {}\nvoid 0\n'.repeat(160), 'max-lines'],
  ])('refuses %s', async (_, text, rule) => {
    // The text stands for a file that is there, because typed rules need one of a project.
    const [result] = await eslint.lintText(text, { filePath: join(ROOT, 'server/log.ts') })
    expect(result?.messages.map(({ ruleId }) => ruleId)).toContain(rule)
  })
})

describe('the compiler', () => {
  beforeAll(() => {
    for (const layer of LAYERS) rmSync(join(folder, layer), { recursive: true, force: true })
    for (const layer of ['dsl', 'cli', 'server']) {
      cpSync(ROOT + layer, join(folder, layer), { recursive: true })
    }
  })

  it('knows no process, no fetch, no DOM and no Node in dsl', () => {
    plant({ 'dsl/impure.ts': "import 'node:fs'\nvoid process\nvoid fetch\nvoid document\n" })
    const said = run('node_modules/typescript/bin/tsc', '-p', 'dsl')
    for (const name of ['node:fs', 'process', 'fetch', 'document']) expect(said).toContain(`'${name}'`)
    rmSync(join(folder, 'dsl/impure.ts'))
  })

  it('lets no layer reach upward, not even for a type', () => {
    plant({ 'cli/upward.ts': "import type { Log } from '#server/log.ts'\nexport type Mine = Log\n" })
    run('node_modules/typescript/bin/tsc', '-b', 'dsl')
    expect(run('node_modules/typescript/bin/tsc', '-p', 'cli')).toContain('TS6307')
  })
})
