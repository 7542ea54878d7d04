// Runs one of the machine's own programs to its end, with a time limit and without our environment. No shell.
import { execFile } from 'node:child_process'

export const TOOL_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

const LIMIT_MS = 30_000

export interface ToolResult {
  readonly ok: boolean
  readonly stdout: string
  readonly stderr: string
}

/** Never throws: a program that is missing is a result that is not ok. */
export function runTool(program: string, args: readonly string[], cwd = '/'): Promise<ToolResult> {
  return new Promise((done) => {
    const options = {
      cwd,
      env: { PATH: TOOL_PATH, LC_ALL: 'C' },
      timeout: LIMIT_MS,
      killSignal: 'SIGKILL' as const,
    }
    execFile(program, args, options, (error, stdout, stderr) => {
      done({ ok: error === null, stdout, stderr: stderr || (error?.message ?? '') })
    })
  })
}
