// A fake Exec for op tests: it answers from a list and keeps what it was asked. It never runs anything.
import type { Command, Exec, ExecOptions, ExecResult } from '#dsl/powers/exec.ts'

export interface FakeExec extends Exec {
  readonly calls: { command: Command; options: object }[]
}

/** Answers in order; with the last one from then on. */
export function fakeExec(...answers: Partial<ExecResult>[]): FakeExec {
  const calls: FakeExec['calls'] = []
  const answer = (command: Command, options: ExecOptions): ExecResult => {
    const given = answers[Math.min(calls.length, answers.length - 1)]
    calls.push({ command, options })
    return { exitCode: 0, stdout: '', stderr: '', truncated: false, ...given }
  }
  return {
    calls,
    async run(command, options = {}) {
      const result = answer(command, options)
      if (options.output === undefined) return result
      for (const type of ['stdout', 'stderr'] as const)
        if (result[type] !== '') await options.output({ type, data: result[type] })
      return { ...result, stdout: '', stderr: '' }
    },
    async stream(command, options, opened) {
      const { exitCode } = answer(command, options)
      await opened(options.pty === true ? { stream: 1 } : { stream: 1, stderr: 2 })
      return { exitCode }
    },
  }
}
