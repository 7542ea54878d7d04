// The only place of the CLI that writes: answers on stdout, everything else on stderr, as a table or as JSON.
// Text of others reaches a terminal without control characters: a file name must not move the cursor.
import type { Fault } from '#dsl/fault.ts'

/** Fields that are the thing itself: shown alone, as they are. */
const BODIES = ['content', 'text']

export interface PrintOptions {
  readonly json: boolean
}

/** An op's output. */
export function printOutput(output: Readonly<Record<string, unknown>>, { json }: PrintOptions): void {
  if (json) return console.log(JSON.stringify(output))
  const body = BODIES.find((name) => typeof output[name] === 'string')
  if (body !== undefined) return printBody(output as Readonly<Record<string, string>>, body)
  const values = Object.values(output)
  const only = values.length === 1 ? values[0] : output
  const text = Array.isArray(only) ? listText(only) : fieldsText(only)
  if (text !== '') console.log(text)
}

export function printLine(line: string): void {
  console.log(line)
}

/** Text as it is, without a line break of ours. */
export function writeText(text: string): void {
  process.stdout.write(text)
}

/** For a command that goes on printing: it ends when its reader has left, as any program does. */
export function endWithReader(): void {
  process.stdout.once('error', () => process.exit(BROKEN_PIPE))
}

/** For the person, never for a pipe. */
export function printNote(line: string): void {
  console.error(plain(line))
}

export function printFault(fault: Fault, { json }: PrintOptions): void {
  if (json) return console.error(JSON.stringify({ error: fault }))
  console.error(plain(`chispart: ${fault.message}`))
  for (const line of hints(fault.data)) console.error(plain(`  ${line}`))
}

/** What the fault's data says that would make it right. */
function hints(data: unknown): string[] {
  if (typeof data !== 'object' || data === null) return []
  const { rule, node, column, allow, problems } = data as Record<string, unknown>
  const denied = [
    rule === undefined ? undefined : `rule: ${String(rule)}`,
    node === undefined ? undefined : `refused: ${String(node)} (column ${String(column)})`,
    allow === undefined ? undefined : `to allow it, add to the plan: ${JSON.stringify(allow)}`,
  ]
  const more = Array.isArray(problems) && problems.length > 1 ? problems.map(problemText) : []
  return [...denied.filter((line) => line !== undefined), ...more]
}

/** Of a field of the input, or of a place in a file. */
function problemText(problem: Readonly<Record<string, unknown>>): string {
  const { line, column, message, fix } = problem
  if (line !== undefined)
    return [`${String(line)}:${String(column)}: ${String(message)}`, fix].join(' ').trim()
  return `${String(problem['field'])}: ${String(problem['problem'])}`
}

/** Status of a program whose reader left: 128 + SIGPIPE, as a shell reports it. */
export const BROKEN_PIPE = 141

function printBody(output: Readonly<Record<string, string>>, name: string): void {
  process.stdout.once('error', () => (process.exitCode = BROKEN_PIPE))
  const body = output[name] ?? ''
  const bytes = Buffer.from(body, output['encoding'] === 'base64' ? 'base64' : 'utf8')
  process.stdout.write(process.stdout.isTTY ? plain(bytes.toString()) : bytes)
}

/** A list of objects as columns, in the order of the first one's fields; anything else a line each. */
function listText(list: readonly unknown[]): string {
  if (!list.every(isRecord)) return list.map(cellText).join('\n')
  const columns = [...new Set(list.flatMap((row) => Object.keys(row)))]
  if (list.length === 0) return ''
  const rows = [columns, ...list.map((row) => columns.map((column) => cellText(row[column])))]
  const widths = columns.map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)))
  return rows
    .map((row) =>
      row
        .map((cell, at) => cell.padEnd(widths[at] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

function fieldsText(value: unknown): string {
  if (!isRecord(value)) return cellText(value)
  const entries = Object.entries(value)
  const width = Math.max(0, ...entries.map(([name]) => name.length))
  return entries.map(([name, field]) => `${name.padEnd(width)}  ${cellText(field)}`.trimEnd()).join('\n')
}

function cellText(value: unknown): string {
  if (value === undefined || value === null) return ''
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return plain(text).replaceAll('\n', ' ').trim()
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Without C0, DEL and C1 controls, but for tab and newline. */
export function plain(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replace(/[\0-\x08\x0b-\x1f\x7f-\x9f]/g, '')
}
