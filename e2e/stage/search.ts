// Looks for a text in all that a server leaves in its directory and its database, byte by byte, in every form in which it is
// likely to be repeated. It changes nothing.
import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { formsOf } from '#server/egress/echo.ts'
import { run } from './command.ts'
import type { Database } from './database.ts'

/** Plain, base64 at every shift, hex, escaped for URLs, JSON and HTML; alone, and as the password of that user. */
export function formsIn(text: string, user = 'x-access-token'): readonly Buffer[] {
  const basic = Buffer.from(`${user}:${text}`).toString('base64')
  return [...formsOf(text, `Bearer ${text}`), ...formsOf(text, `Basic ${basic}`)]
}

/** For `grep -E`, and such that it is found by no part of itself: every third letter stands in brackets. */
export function expressionOf(forms: readonly Buffer[]): string {
  const letter = (one: string, at: number) => (at % 3 === 0 || /\W/.test(one) ? `[${one}]` : one)
  const texts = forms.map((form) => form.toString('latin1'))
  const odd = texts.find((text) => /[\^\]\\[]/.test(text))
  if (odd !== undefined) throw new Error('A form holds what means something in brackets.')
  return texts.map((text) => [...text].map(letter).join('')).join('|')
}

/** Files below the folder, as paths in it, in which one of the forms is. One that goes meanwhile holds nothing. */
export async function filesWith(folder: string, forms: readonly Buffer[]): Promise<string[]> {
  const patterns = join(await mkdtemp(join(tmpdir(), 'search-')), 'patterns')
  await writeFile(patterns, forms.map((form) => form.toString('latin1')).join('\n'), 'latin1')
  // Bytes, and lines that end at a zero: the holes of a disk image are then short.
  const { code, stdout } = await run(['grep', '-rlazsF', '-f', patterns, folder], { env: { LC_ALL: 'C' } })
  if (code === null || code > 2) throw new Error(`grep ended with ${String(code)}.`)
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((path) => relative(folder, path))
}

/** Tables, of every schema of ours, that have a row with one of the forms. Bytes are in hex there, which is a form. */
export async function tablesWith({ sql }: Database, forms: readonly Buffer[]): Promise<string[]> {
  const tables = await sql<{ name: string }[]>`
    select format('%I.%I', schemaname, tablename) as name from pg_tables
    where schemaname not in ('pg_catalog', 'information_schema') order by 1`
  const found: string[] = []
  for (const { name } of tables) {
    const rows = await sql.unsafe<{ text: string }[]>(`select one::text as text from ${name} as one`)
    const bytes = Buffer.from(rows.map(({ text }) => text).join('\n'))
    if (forms.some((form) => bytes.includes(form))) found.push(name)
  }
  return found
}
