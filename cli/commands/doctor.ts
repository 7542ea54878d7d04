// `chispart doctor`: what this machine has for sandboxes and what it lacks. The examination is the server's own program.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { constants } from 'node:os'
import { join } from 'node:path'
import { Command } from 'commander'
import { Fault } from '#dsl/fault.ts'
import { ROOT } from '#cli/checkout.ts'

const PROGRAM = join(ROOT, 'server', 'fleet', 'doctor.ts')

export function doctorCommand(): Command {
  return new Command('doctor')
    .description('Say what this machine has for sandboxes, and what is missing, by starting one')
    .option('--fix', 'Fetch bubblewrap without root, when it is missing')
    .action(async ({ fix }: { fix?: boolean }) => {
      process.exitCode = await examine(fix ? ['--fix'] : [])
    })
}

async function examine(args: readonly string[]): Promise<number> {
  if (!existsSync(PROGRAM)) throw new Fault('not_found', 'The server is not part of this installation.')
  // As `npm start` runs: a relative CHISPART_DATA means the same for both.
  const child = spawn(process.execPath, [PROGRAM, ...args], { cwd: ROOT, stdio: 'inherit' })
  const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null]
  return code ?? 128 + (signal ? constants.signals[signal] : 0)
}
