// tests.run: run a project's tests and tell what failed, and where. A failing test is a result; the exit code says it.
import { z } from 'zod'
import { Fault } from '#dsl/fault.ts'
import { op } from '#dsl/op.ts'
import { cwd, env } from '#dsl/ops/fields.ts'
import { readReport, reportFolder } from '#dsl/ops/report.ts'
import type { Exec } from '#dsl/powers/exec.ts'
import type { Files } from '#dsl/powers/files.ts'
import { parseJestReport } from '#dsl/text/jest-report.ts'
import { parseJunit, writeJunit } from '#dsl/text/junit.ts'
import { FAILURES_MAX, reportOf } from '#dsl/text/test-report.ts'
import type { TestCase } from '#dsl/text/test-report.ts'
import { commandOf, detect, FRAMEWORKS, parseManifest, REPORT } from './framework.ts'
import type { Project, TestCommand } from './framework.ts'

export const testsRun = op({
  name: 'tests.run',
  summary: 'Run the tests of a project and tell which failed, and where',
  needs: ['exec', 'files'],
  runs: 'workspace',
  effect: 'write',
  timeoutMs: 0,
  input: z.object({
    framework: z
      .enum(['auto', ...FRAMEWORKS])
      .default('auto')
      .describe('`auto`: as the test script, the dependencies or the files say'),
    cwd: cwd(),
    env: env(),
    timeout: z
      .int()
      .min(1)
      .max(86_400_000)
      .optional()
      .describe('Milliseconds until the process tree is killed'),
  }),
  events: z.object({ type: z.literal(['stdout', 'stderr']), data: z.string() }),
  output: z.object({
    exitCode: z.int().describe('0 when every test passed'),
    framework: z.enum(FRAMEWORKS),
    passed: z.int(),
    failed: z.int(),
    skipped: z.int(),
    total: z.int(),
    durationMs: z.int().describe("The tests' own time"),
    failures: z
      .array(
        z.object({
          name: z.string(),
          file: z.string().optional().describe('Relative to `cwd` when it is below it'),
          line: z.int().optional(),
          message: z.string(),
        }),
      )
      .describe(`At most ${FAILURES_MAX}`),
    report: z.string().optional().describe('JUnit XML, a path; absent when the tool wrote no report'),
  }),
  async run({ exec, files }, { framework: wanted, cwd = '.', env, timeout }, emit) {
    const { path: directory } = await files.stat(cwd)
    const project = await look(files, directory)
    const framework = wanted === 'auto' ? detect(project) : wanted
    if (framework === undefined) throw unknown(directory)
    const folder = await reportFolder(files, directory, Object.values(REPORT))
    const command = commandOf(framework, project, folder)
    const options = { cwd: directory, env, timeoutMs: timeout, output: emit }
    const { exitCode } = await start(exec, command.argv, options)
    const cases = await casesOf(files, command, framework === 'pytest' ? 0 : 1)
    const path = cases && (await junitOf(files, command, cases, folder))
    const report = reportOf(cases ?? [], directory)
    return {
      exitCode: exitCode === 0 && report.failed > 0 ? 1 : exitCode,
      framework,
      ...report,
      failures: [...report.failures],
      ...(path === undefined ? {} : { report: path }),
    }
  },
})

async function look(files: Files, directory: string): Promise<Project> {
  const names = (await files.list(directory)).map(({ name }) => name)
  const tests = names.includes('tests') ? await files.list(`${directory}/tests`).catch(() => []) : []
  const manifest = names.includes('package.json')
    ? parseManifest((await files.read(`${directory}/package.json`)).content)
    : undefined
  return { manifest, names: [...names, ...tests.map(({ name }) => name)] }
}

function unknown(directory: string): Fault {
  return new Fault(
    'not_found',
    `Nothing in ${directory} says how it is tested. Looked for a "test" script, jest and vitest in package.json, and for pytest's files. Name the framework.`,
    { data: { field: 'framework' } },
  )
}

async function start(
  exec: Exec,
  argv: readonly string[],
  options: Parameters<Exec['run']>[1],
): Promise<{ exitCode: number }> {
  try {
    return await exec.run(argv, options)
  } catch (error) {
    if (!(error instanceof Fault) || error.code !== 'not_found') throw error
    throw new Fault(
      'not_found',
      `"${argv[0]}" is not installed in this workspace. Install it in an earlier step.`,
      {
        cause: error,
      },
    )
  }
}

/** Undefined when there is no report: the tool writes none, or ended before it did. */
async function casesOf(
  files: Files,
  { report }: TestCommand,
  firstLine: 0 | 1,
): Promise<readonly TestCase[] | undefined> {
  const text = report && (await readReport(files, report.path))
  if (text === undefined) return undefined
  return report?.format === 'jest' ? parseJestReport(text) : parseJunit(text, firstLine)
}

/** The path of the JUnit report; undefined when it is longer than a file may be that an op writes. */
async function junitOf(
  files: Files,
  { report }: TestCommand,
  cases: readonly TestCase[],
  folder: string,
): Promise<string | undefined> {
  if (report?.format === 'junit') return report.path
  const path = `${folder}/${REPORT.junit}`
  try {
    await files.write(path, writeJunit(cases))
    return path
  } catch (error) {
    if (error instanceof Fault && error.code === 'too_large') return undefined
    throw error
  }
}
