// `chispart exec`: a command on the other side as if it ran here: its terminal, its pipes, its signals, its exit status.
import { Command } from 'commander'
import { z } from 'zod'
import { exec } from '#dsl/ops/exec.ts'
import { directoryFor, shellLine } from '#cli/command-line.ts'
import type { Config } from '#cli/config.ts'
import type { Globals } from '#cli/derive.ts'
import type { Endpoint } from '#cli/endpoint.ts'
import { wholeNumber } from '#cli/flags.ts'
import type { Call, Link } from '#cli/link.ts'
import { BROKEN_PIPE, printLine } from '#cli/print.ts'
import { FORWARDED, endpointOf, interruptible, withLink } from '#cli/session.ts'
import { pipeStream } from '#cli/stream.ts'
import type { Incoming, Outgoing } from '#cli/stream.ts'
import { followSize, isTerminal, sizeOf, takeKeys } from '#cli/terminal.ts'

interface ExecOptions extends Globals {
  readonly cwd?: string
  readonly workspace?: string
  readonly env?: readonly string[]
  readonly tty?: boolean
  readonly timeout?: number
}

const OpenEvent = z.object({ type: z.literal('open'), stream: z.int(), stderr: z.int().optional() })
const Result = z.object({ exitCode: z.int() })
const DAY_MS = 86_400_000

export function execCommand(config: Config): Command {
  const command = new Command('exec')
  return command
    .description(exec.summary)
    .usage('[options] -- <command>')
    .argument('<command...>', 'One line of shell, or a program and its arguments')
    .option('--cwd <dir>', 'Directory to run in; where you stand, for a runtime on this machine')
    .option('--workspace <name>', 'Workspace id or name')
    .option('--env <NAME=value...>', 'Environment variables to add')
    .option('--tty', 'Run on a terminal; so it is when standard input and output are one')
    .option('--no-tty', 'Run on pipes: standard output and standard error apart, bytes untouched')
    .option('--timeout <ms>', 'Milliseconds until the command is killed', wholeNumber(1, DAY_MS))
    .action(async (words: string[]) => {
      const options = command.optsWithGlobals<ExecOptions>()
      const endpoint = endpointOf(options, config)
      const input = inputOf(words, options, endpoint)
      process.exitCode = await withLink(endpoint, (link) =>
        options.json ? asEvents(link, input) : asStreams(link, input, options.tty ?? isTerminal()),
      )
    })
}

function inputOf(
  words: readonly string[],
  options: ExecOptions,
  { root }: Endpoint,
): Record<string, unknown> {
  const { cwd, workspace, env, timeout } = options
  const pairs = env?.map((pair) => {
    const at = pair.indexOf('=')
    return at < 0 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)]
  })
  const given = {
    cmd: shellLine(words),
    cwd: directoryFor(cwd, root, process.cwd()),
    workspace,
    env: pairs && Object.fromEntries(pairs),
    timeout,
  }
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
}

/** Events as JSON lines, for programs. */
async function asEvents(link: Link, input: Record<string, unknown>): Promise<number> {
  const call = link.call('exec', input, { event: (event) => printLine(JSON.stringify(event)) })
  const answer = await interruptible(call)
  printLine(JSON.stringify(answer))
  return Result.parse(answer).exitCode
}

async function asStreams(link: Link, input: Record<string, unknown>, pty: boolean): Promise<number> {
  const size = pty ? sizeOf(process.stdout) : {}
  const leave: (() => void)[] = []
  const parts: Incoming[] = []
  const opened = (event: unknown) => {
    const { stream, stderr } = OpenEvent.parse(event)
    const tell = (news: object) => link.sendText(JSON.stringify({ stream, ...news }))
    const main = pipeStream(link, stream, process.stdout)
    parts.push(main)
    if (stderr !== undefined) parts.push(pipeStream(link, stderr, process.stderr))
    void feed(main.outgoing)
    if (pty)
      leave.push(
        takeKeys(),
        followSize((size) => tell({ size })),
      )
    leave.push(forwardSignals(call, (signal) => tell({ signal })))
  }
  const call = link.call('exec', { ...input, stream: true, pty, ...size }, { event: opened })
  const pipeBroken = brokenPipe(call)
  try {
    const { exitCode } = Result.parse(await call.answer)
    await Promise.all(parts.map(({ done }) => done))
    return exitCode
  } catch (error) {
    if (pipeBroken()) return BROKEN_PIPE
    throw error
  } finally {
    for (const undo of leave) undo()
    process.stdin.destroy()
  }
}

async function feed(outgoing: Outgoing): Promise<void> {
  try {
    for await (const bytes of process.stdin as AsyncIterable<Buffer>) await outgoing.send(bytes)
    outgoing.end()
  } catch {
    // Destroyed: the command ended before its input did.
  }
}

/** The program gets the signal and may end as it likes; the second one ends it. */
function forwardSignals(call: Call, forward: (signal: string) => void): () => void {
  let forwarded = false
  const take = (signal: string) => {
    if (forwarded) return call.cancel()
    forwarded = true
    forward(signal)
  }
  for (const signal of FORWARDED) process.on(signal, take)
  return () => {
    for (const signal of FORWARDED) process.off(signal, take)
  }
}

/** `chispart exec … | head`: once nobody reads, the command is stopped. */
function brokenPipe(call: Call): () => boolean {
  let broken = false
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', () => {
      broken = true
      call.cancel()
    })
  return () => broken
}
