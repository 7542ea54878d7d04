// What a person typed behind `--`, and where they stand, as the other side understands them.
import { relative, resolve } from 'node:path'

/** One word is a line of shell, as typed; several are a program's argv and are quoted back into a line. */
export function shellLine(words: readonly string[]): string {
  if (words.length === 1) return words[0] ?? ''
  return words.map(quote).join(' ')
}

function quote(word: string): string {
  // `name=` at the start would be an assignment where a program is expected.
  const plain = /^[\w@%+=:,./-]+$/.test(word) && !/^\w+=/.test(word)
  return plain ? word : `'${word.replaceAll("'", `'\\''`)}'`
}

/**
 * Where to run: for a runtime on this machine, seen from where the person stands, and its own directory for one who
 * stands outside of it; a server's paths are its own.
 */
export function directoryFor(
  named: string | undefined,
  root: string | undefined,
  here: string,
): string | undefined {
  if (root === undefined) return named
  if (named !== undefined) return resolve(here, named)
  return /^\.\.(\/|$)/.test(relative(root, here)) ? undefined : here
}
