// exec: run a command in a workspace. A non-zero exit is a result, not a fault.
import { z } from 'zod'
import { op } from '#dsl/op.ts'
import { cols, cwd, env, rows } from './fields.ts'

export const exec = op({
  name: 'exec',
  aliases: ['shell.exec'],
  summary: 'Run a command, streaming its output',
  needs: ['exec'],
  runs: 'workspace',
  effect: 'write',
  streams: 2,
  timeoutMs: 0,
  shell: ['cmd'],
  input: z.object({
    cmd: z
      .string()
      .min(1)
      .max(65_536)
      .describe('One line of shell; judged command by command against the plan'),
    cwd: cwd(),
    env: env(),
    pty: z.boolean().default(false).describe('Run on a terminal: stdout and stderr become one'),
    cols: cols().optional(),
    rows: rows().optional(),
    stdin: z.string().max(1_048_576).optional().describe('Text for standard input'),
    stream: z.boolean().default(false).describe('Carry bytes on binary streams instead of text events'),
    timeout: z
      .int()
      .min(1)
      .max(86_400_000)
      .optional()
      .describe('Milliseconds until the process tree is killed'),
  }),
  events: z.discriminatedUnion('type', [
    z.object({ type: z.literal(['stdout', 'stderr']), data: z.string() }),
    z.object({ type: z.literal('open'), stream: z.int(), stderr: z.int().optional() }),
  ]),
  output: z.object({ exitCode: z.int() }),
  async run({ exec }, { cmd, stream, stdin, timeout, ...options }, emit) {
    const limits = { ...options, timeoutMs: timeout }
    if (stream) return exec.stream({ shell: cmd }, limits, (streams) => emit({ type: 'open', ...streams }))
    const { exitCode } = await exec.run({ shell: cmd }, { ...limits, stdin, output: emit })
    return { exitCode }
  },
})
