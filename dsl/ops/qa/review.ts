// qa.review: read the code with the linters that the project has. A finding is a result; the exit code says whether it
// is one too many.
import { z } from 'zod'
import { op } from '#dsl/op.ts'
import { cwd } from '#dsl/ops/fields.ts'
import { reportFolder } from '#dsl/ops/report.ts'
import type { Files } from '#dsl/powers/files.ts'
import { bounded, FINDINGS_MAX, LINTERS, writeSarif } from '#dsl/text/finding.ts'
import type { Finding } from '#dsl/text/finding.ts'
import { lintersOf } from './linters.ts'
import { runLinter } from './run-linter.ts'

const REPORT = 'review.sarif'
const FOLDERS_MAX = 500
const FILES_MAX = 5000
const IGNORED = /^(?:\..*|node_modules|dist|build|vendor|venv|target|__pycache__)$/

export const qaReview = op({
  name: 'qa.review',
  summary: 'Read the code with the linters that the project has',
  needs: ['exec', 'files'],
  runs: 'workspace',
  effect: 'write',
  timeoutMs: 0,
  input: z.object({
    ruleset: z
      .enum(['strict', 'default'])
      .default('default')
      .describe('`default` fails on errors, `strict` on warnings too'),
    cwd: cwd(),
  }),
  events: z.object({ type: z.literal('stdout'), data: z.string() }),
  output: z.object({
    exitCode: z.int().describe('0 when nothing stands in the way'),
    tools: z.array(z.enum(LINTERS)).describe('Those that ran'),
    note: z.string().describe('What was looked for and did not run'),
    errors: z.int(),
    warnings: z.int(),
    notes: z.int(),
    findings: z
      .array(
        z.object({
          tool: z.enum(LINTERS),
          rule: z.string(),
          severity: z.enum(['error', 'warning', 'note']),
          message: z.string(),
          file: z.string().describe('Relative to `cwd`'),
          line: z.int(),
          column: z.int(),
        }),
      )
      .describe(`At most ${FINDINGS_MAX}, errors first`),
    report: z.string().describe('SARIF 2.1.0, a path'),
  }),
  async run({ exec, files }, { ruleset, cwd = '.' }, emit) {
    const { path: directory } = await files.stat(cwd)
    const [top, all] = await look(files, directory)
    const folder = await reportFolder(files, directory, [REPORT])
    const found: Finding[] = []
    const passed = LINTERS.map((linter) => ({ linter, why: 'nothing asks for it' }))
    for (const command of lintersOf(top, all)) {
      const outcome = await runLinter({ exec, files }, directory, command)
      const entry = passed.findIndex(({ linter }) => linter === command.linter)
      if (typeof outcome === 'string') passed[entry] = { linter: command.linter, why: outcome }
      else {
        passed.splice(entry, 1)
        found.push(...outcome)
      }
    }
    const tools = LINTERS.filter((linter) => !passed.some((one) => one.linter === linter))
    const count = (severity: Finding['severity']) => found.filter((one) => one.severity === severity).length
    const [errors, warnings, notes] = [count('error'), count('warning'), count('note')]
    const findings = found
      .sort((one, other) => RANK[one.severity] - RANK[other.severity])
      .slice(0, FINDINGS_MAX)
      .map((finding) => bounded(finding, directory))
    const note = noteOf(tools.length, passed)
    await emit({ type: 'stdout', data: [...findings.map(lineOf), note, ''].join('\n') })
    const report = `${folder}/${REPORT}`
    await files.write(report, writeSarif(tools, findings))
    const tooMany = errors + (ruleset === 'strict' ? warnings : 0)
    return { exitCode: tooMany > 0 ? 1 : 0, tools, note, errors, warnings, notes, findings, report }
  },
})

const RANK = { error: 0, warning: 1, note: 2 } as const

function lineOf({ file, line, column, severity, message, tool, rule }: Finding): string {
  return `${file}:${line}:${column}: ${severity}: ${message} (${tool} ${rule})`
}

function noteOf(ran: number, passed: readonly { linter: string; why: string }[]): string {
  const rest = passed.map(({ linter, why }) => `${linter} (${why})`).join(', ')
  if (rest === '') return 'Every linter ran.'
  return ran === 0 ? `No linter ran: ${rest}.` : `Did not run: ${rest}.`
}

/** The names in the folder, and the paths of the project's files below it, as many as are looked at. */
async function look(files: Files, directory: string): Promise<[string[], string[]]> {
  const found: string[] = []
  const top = await files.list(directory)
  const folders: { path: string; entries: Awaited<ReturnType<Files['list']>> | undefined }[] = [
    { path: '', entries: top },
  ]
  for (let at = 0; at < folders.length && found.length < FILES_MAX; at += 1) {
    const { path = '', entries } = folders[at] ?? {}
    for (const { name, type } of entries ?? (await files.list(`${directory}/${path}`))) {
      if (type === 'file') found.push(`${path}${name}`)
      const isFolder = type === 'directory' && !IGNORED.test(name)
      if (isFolder && folders.length < FOLDERS_MAX)
        folders.push({ path: `${path}${name}/`, entries: undefined })
    }
  }
  return [top.map(({ name }) => name), found.slice(0, FILES_MAX)]
}
