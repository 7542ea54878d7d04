// Reads what linters print as JSON. Each says the same in its own words; none is trusted to keep to them.
import { z } from 'zod'
import type { Finding, Linter } from './finding.ts'

const place = z.number().nullish()

/** ESLint's formatter `json`: 2 is an error, 1 a warning; no rule is a file that cannot be parsed. */
const eslint = z
  .array(
    z.object({
      filePath: z.string(),
      messages: z.array(
        z.object({
          ruleId: z.string().nullish(),
          severity: z.number(),
          message: z.string(),
          line: place,
          column: place,
        }),
      ),
    }),
  )
  .transform((files) =>
    files.flatMap(({ filePath, messages }) =>
      messages.map(({ ruleId, severity, message, line, column }) =>
        found(
          'eslint',
          ruleId ?? 'parse',
          severity === 2 ? 'error' : 'warning',
          message,
          filePath,
          line,
          column,
        ),
      ),
    ),
  )

const oxlint = z
  .object({
    diagnostics: z.array(
      z.object({
        message: z.string(),
        code: z.string().nullish(),
        severity: z.string(),
        filename: z.string(),
        labels: z.array(z.object({ span: z.object({ line: place, column: place }) })).default([]),
      }),
    ),
  })
  .transform(({ diagnostics }) =>
    diagnostics.map(({ message, code, severity, filename, labels }) =>
      found(
        'oxlint',
        code ?? 'parse',
        severity,
        message,
        filename,
        labels[0]?.span.line,
        labels[0]?.span.column,
      ),
    ),
  )

/** Older versions of ruff have no severity: whatever they report fails. */
const ruff = z
  .array(
    z.object({
      code: z.string().nullish(),
      message: z.string(),
      filename: z.string(),
      severity: z.string().default('error'),
      location: z.object({ row: place, column: place }),
    }),
  )
  .transform((all) =>
    all.map(({ code, message, filename, severity, location }) =>
      found('ruff', code ?? 'invalid-syntax', severity, message, filename, location.row, location.column),
    ),
  )

/** shellcheck(1), `--format=json1`. */
const shellcheck = z
  .object({
    comments: z.array(
      z.object({
        file: z.string(),
        line: place,
        column: place,
        level: z.string(),
        code: z.number(),
        message: z.string(),
      }),
    ),
  })
  .transform(({ comments }) =>
    comments.map(({ file, line, column, level, code, message }) =>
      found('shellcheck', `SC${code}`, level, message, file, line, column),
    ),
  )

/** ast-grep counts lines and columns from 0. */
const astGrep = z
  .array(
    z.object({
      file: z.string(),
      ruleId: z.string(),
      severity: z.string(),
      message: z.string(),
      range: z.object({ start: z.object({ line: z.number(), column: z.number() }) }),
    }),
  )
  .transform((all) =>
    all.map(({ file, ruleId, severity, message, range: { start } }) =>
      found('ast-grep', ruleId, severity, message || ruleId, file, start.line + 1, start.column + 1),
    ),
  )

const READERS: Readonly<Record<Linter, z.ZodType<Finding[]>>> = {
  eslint,
  oxlint,
  ruff,
  shellcheck,
  'ast-grep': astGrep,
}

/** Undefined when it is not what this linter prints: it broke before it had looked. */
export function parseLinter(linter: Linter, text: string): readonly Finding[] | undefined {
  try {
    return READERS[linter].safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}

type Place = number | null | undefined

function found(
  tool: Linter,
  rule: string,
  severity: string,
  message: string,
  file: string,
  line: Place,
  column: Place,
): Finding {
  return { tool, rule, severity: severityOf(severity), message, file, line: line ?? 1, column: column ?? 1 }
}

function severityOf(said: string): Finding['severity'] {
  if (said === 'error' || said === 'fatal') return 'error'
  return said === 'warning' ? 'warning' : 'note'
}
