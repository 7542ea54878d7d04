// Runs one linter and reads what it found. A linter that the project asks for and that cannot run is a fault; one that
// merely would fit is passed over, and said to be.
import { Fault } from '#dsl/fault.ts'
import type { Exec, ExecResult } from '#dsl/powers/exec.ts'
import type { Files } from '#dsl/powers/files.ts'
import type { Finding } from '#dsl/text/finding.ts'
import { parseLinter } from '#dsl/text/linter-output.ts'
import type { LinterCommand } from './linters.ts'

/** The findings, or why it did not run. Faults: not_found (not installed), denied, conflict (it broke). */
export async function runLinter(
  { exec, files }: { readonly exec: Exec; readonly files: Files },
  directory: string,
  command: LinterCommand,
): Promise<readonly Finding[] | string> {
  const { linter } = command
  try {
    if (command.installed !== undefined) await files.stat(`${directory}/${command.installed}`)
    return findingsOf(command, await exec.run(command.argv, { cwd: directory }))
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    if (error.code === 'not_found' && command.configured)
      throw new Fault(
        'not_found',
        `The project configures ${linter}, which is not installed. Install it first.`,
        {
          cause: error,
        },
      )
    if (command.configured || (error.code !== 'not_found' && error.code !== 'denied')) throw error
    return error.code === 'denied' ? 'not allowed here' : 'not installed'
  }
}

/** A linter that ends without a list of findings broke, whatever its exit code. */
function findingsOf({ linter }: LinterCommand, result: ExecResult): readonly Finding[] {
  const { exitCode, stdout, stderr, truncated } = result
  if (truncated)
    throw new Fault('too_large', `${linter} found more than can be read. Mend some, or ignore folders.`)
  const findings = parseLinter(linter, stdout)
  if (findings !== undefined) return findings
  const said = (stderr.trim() || stdout.trim()).slice(0, 2000)
  throw new Fault('conflict', `${linter} broke with the exit code ${exitCode}: ${said}`, {
    data: { exitCode },
  })
}
