// Bundles the runtime into dist/runtime: open.sh, main.js, what that loads later, and beside them node-pty with this platform's
// binary only. A sandbox sees that directory and nothing else of this project.
import { cp, mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'
import type { Plugin } from 'rolldown'
import { compileRuntime } from './compile-runtime.ts'
import { workspaceOpsSource } from './workspace-ops.ts'

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../..')
/** What a sandbox never calls it need not read at its start: only the names of ops are in main.js. */
const OPS_AT_FIRST_CALL: Plugin = {
  name: 'ops-at-first-call',
  load: (id) => (id === join(ROOT, 'runtime/ops.ts') ? workspaceOpsSource() : undefined),
}
/** Without blanks: they are parsed at every start. Names stay, for who reads a stack. */
const MINIFY = { compress: false, mangle: false, codegen: { removeWhitespace: true } } as const

/** They make schemas and do nothing else: what no op here needs is not made. */
const SCHEMA_MAKERS = ['z', 'op', 'time', 'cols', 'rows', 'pty']
/** What is read together is one file: each costs a millisecond. The first is what checks calls, the other a terminal. */
const GROUPS = [
  {
    name: 'schemas',
    test: /\/node_modules\/zod\/|\/runtime\/link\/plain\.ts|\/dsl\/(?:wire\/link|op|ops\/fields)\.ts/,
  },
  {
    name: 'terminal',
    test: /\/runtime\/(?:powers\/pty|pty\/(?!screen)\w+)\.ts|\/dsl\/ops\/pty\/(?:fields|open)\.ts/,
  },
]

/** `out` is replaced as a whole; a running sandbox keeps the copy that its driver made. */
export async function buildRuntime(entry: string, out: string): Promise<void> {
  const draft = `${out}.${process.pid}`
  await rm(draft, { recursive: true, force: true })
  await bundle(entry, draft)
  await writeFile(join(draft, 'package.json'), '{"type":"commonjs"}\n')
  await cp(join(ROOT, 'runtime/open.sh'), join(draft, 'open.sh'))
  await copyNodePty(join(draft, 'node_modules', 'node-pty'))
  await compileRuntime(draft).catch((error: unknown) => {
    console.warn('The runtime was not compiled ahead, so each sandbox does it:', error)
  })
  await rm(out, { recursive: true, force: true })
  await rename(draft, out)
}

async function bundle(entry: string, dir: string): Promise<void> {
  const build = await rolldown({
    input: entry,
    cwd: ROOT,
    platform: 'node',
    external: ['node-pty'],
    plugins: [OPS_AT_FIRST_CALL],
    treeshake: { manualPureFunctions: SCHEMA_MAKERS, propertyReadSideEffects: false },
    preserveEntrySignatures: false,
  })
  try {
    // Not ESM: an import of node:fs loads what a require leaves for later, a tenth of a start.
    const form = { format: 'cjs', minify: MINIFY, comments: false } as const
    await build.write({
      dir,
      entryFileNames: 'main.js',
      ...form,
      codeSplitting: { includeDependenciesRecursively: false, groups: GROUPS },
    })
  } finally {
    await build.close()
  }
}

async function copyNodePty(to: string): Promise<void> {
  const from = join(ROOT, 'node_modules', 'node-pty')
  const binaries = join('prebuilds', `${process.platform}-${process.arch}`)
  await mkdir(join(to, 'prebuilds'), { recursive: true })
  await cp(join(from, 'package.json'), join(to, 'package.json'))
  await cp(join(from, 'LICENSE'), join(to, 'LICENSE'))
  await cp(join(from, binaries), join(to, binaries), { recursive: true })
  const isProgram = (path: string): boolean => !/\.(test\.js|d\.ts|map)$/.test(path)
  await cp(join(from, 'lib'), join(to, 'lib'), { recursive: true, filter: isProgram })
}

if (import.meta.main) await buildRuntime(join(ROOT, 'runtime/main.ts'), join(ROOT, 'dist/runtime'))
