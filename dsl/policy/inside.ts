// R9t: a shell that is handed a script is transparent. The script is found here; the same list judges it.
import { deny } from './denial.ts'
import { SCRIPTED } from './programs/interpreter.ts'
import type { ShellWord } from './word.ts'

/** A word whose value is a script. */
export interface Script extends ShellWord {
  readonly value: string
}

/**
 * The script of `bash -lc '…'` or `bash -c '…'`, or undefined when the words hand a shell none (`bash ci.sh`).
 * Faults (Denied): R9t for every other way to hand it one.
 */
export function scriptOf(line: string, words: readonly ShellWord[]): Script | undefined {
  const [program, option, script, ...more] = words
  if (program?.value === undefined || !SCRIPTED.test(program.value)) return undefined
  if (!words.slice(1).some((word) => word.value === undefined || /^[-+]\w*c|^--/.test(word.value)))
    return undefined
  const isKnown = option?.value === '-lc' || option?.value === '-c'
  if (isKnown && more.length === 0 && script !== undefined && isScript(script)) return script
  const whole = { pos: program.pos, end: words.at(-1)?.end ?? program.end }
  deny('R9t', line, whole, `Hand a shell one literal script, as in: ${program.value} -lc 'npm ci'.`)
}

function isScript(word: ShellWord): word is Script {
  return word.value !== undefined
}
