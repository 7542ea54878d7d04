// Judges a command against a plan's patterns on the parsed shell, never on text. It answers; it never runs anything.
import type { Command } from '#dsl/powers/exec.ts'
import type { Grant } from '#dsl/wire/link.ts'
import { judgeArgv, judgeLine } from './admit.ts'
import { Denied, deny } from './denial.ts'
import type { Denial } from './denial.ts'
import { ANYTHING } from './plan.ts'

export type Verdict =
  /** Run exactly this argv; for a shell line it is bash with the re-quoted script. */
  { readonly allowed: true; readonly argv: readonly string[] } | Denial

/**
 * The argv to run, or the refusal of the whole command (R12). A line that passes is run as it was understood (R0):
 * one plain argv where it needs no shell, else bash with every word quoted again. A plan with `*` runs any text as it is.
 * It never throws: what it cannot understand, it denies.
 */
export function judge(grant: Grant, command: Command): Verdict {
  try {
    return {
      allowed: true,
      argv: 'shell' in command ? shell(grant, command.shell) : argument(grant, command),
    }
  } catch (error) {
    if (error instanceof Denied) return error.denial
    const node = 'shell' in command ? command.shell.slice(0, 120) : String(command[0])
    return { allowed: false, rule: 'R2', node, column: 1, reason: 'The command could not be understood.' }
  }
}

function shell(grant: Grant, line: string): readonly string[] {
  refuseNul(line)
  if (grant.commands.includes(ANYTHING)) return ['bash', '--norc', '-c', line]
  return judgeLine(grant, line)
}

function argument(grant: Grant, argv: readonly string[]): readonly string[] {
  for (const word of argv) refuseNul(word)
  if (argv.length === 0) deny('R2', '', { pos: 0, end: 0 }, 'There is no program here.')
  if (grant.commands.includes(ANYTHING)) return argv
  return judgeArgv(grant, argv)
}

/** No argv can hold NUL: the kernel would cut the text there. */
function refuseNul(text: string): void {
  const pos = text.indexOf('\0')
  if (pos >= 0) deny('R1', text, { pos, end: pos + 1 }, 'The command holds the character U+0000. Remove it.')
}
