// One finding of a tool that reads code, and SARIF 2.1.0, the report that other programs read. Bounded, whatever a tool says.

export const LINTERS = ['eslint', 'oxlint', 'ruff', 'shellcheck', 'ast-grep'] as const
export type Linter = (typeof LINTERS)[number]

export interface Finding {
  readonly tool: Linter
  /** As the tool calls it: `no-unused-vars`, `SC2086`. */
  readonly rule: string
  readonly severity: 'error' | 'warning' | 'note'
  readonly message: string
  /** Relative to where the tool ran, when it is below it. */
  readonly file: string
  /** 1-based. */
  readonly line: number
  readonly column: number
}

/** Findings that are kept; the counts are of all. */
export const FINDINGS_MAX = 1000
const MESSAGE_MAX = 800
const NAME_MAX = 300

/** The finding with every text at its limit, and its file relative to `directory`. */
export function bounded(finding: Finding, directory: string): Finding {
  const { tool, severity, file } = finding
  const path = file.startsWith(`${directory}/`) ? file.slice(directory.length + 1) : file.replace(/^\.\//, '')
  return {
    tool,
    rule: finding.rule.slice(0, NAME_MAX),
    severity,
    message: finding.message.trim().slice(0, MESSAGE_MAX),
    file: path.slice(0, NAME_MAX),
    line: Math.max(1, finding.line),
    column: Math.max(1, finding.column),
  }
}

/** A run for each of the tools, also for one that found nothing (SARIF 2.1.0, §3.14). */
export function writeSarif(tools: readonly string[], findings: readonly Finding[]): string {
  const runs = tools.map((name) => {
    const own = findings.filter(({ tool }) => tool === name)
    const rules = [...new Set(own.map(({ rule }) => rule))].map((id) => ({ id }))
    return { tool: { driver: { name, rules } }, results: own.map(resultOf) }
  })
  return JSON.stringify({
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs,
  })
}

function resultOf({ rule, severity, message, file, line, column }: Finding) {
  return {
    ruleId: rule,
    level: severity,
    message: { text: message },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: uriOf(file) },
          region: { startLine: line, startColumn: column },
        },
      },
    ],
  }
}

function uriOf(file: string): string {
  return file
    .replace(/[\ud800-\udfff]/g, '\ufffd')
    .split('/')
    .map(encodeURIComponent)
    .join('/')
}
