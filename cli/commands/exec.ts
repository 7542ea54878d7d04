// `chispart exec`: a command on the other side as if it ran here: its terminal, its pipes, its signals, its exit status.
import { resolve } from 'node:path'
import { Command } from 'commander'
import { z } from 'zod'
import { exec } from '#dsl/ops/exec.ts'
import type { Config } from '#cli/config.ts'
import type { Globals } from '#cli/derive.ts'
import type { Endpoint } from '#cli/endpoint.ts'
import type { Call, Link } from '#cli/link.ts'
import { printLine } from '#cli/print.ts'
import { endpointOf, withLink } from '#cli/session.ts'
import { pipeStream } from '#cli/stream.ts'
import type { Incoming, Outgoing } from '#cli/stream.ts'

interface ExecOptions extends Globals {
  readonly cwd?: string
  readonly workspace?: string
  readonly env?: readonly string[]
  readonly tty?: boolean
  readonly timeout?: string
}

const OpenEvent = z.object({ type: z.literal('open'), stream: z.int(), stderr: z.int().optional() })
const Result = z.object({ exitCode: z.int() })
/** Status of a program whose reader left: 128 + SIGPIPE, as a shell reports it. */
const BROKEN_PIPE = 141
const FORWARDED = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

export function execCommand(config: Config): Command {
  const command = new Command('exec')
  return command
    .description(exec.summary)
    .usage('[options] -- <command>')
    .argument('<command...>', 'One line of shell, or a program and its arguments')
    .option('--cwd <dir>', 'Directory to run in')
    .option('--workspace <name>', 'Workspace id or name')
    .option('--env <NAME=value...>', 'Environment variables to add')
    .option('--tty', 'Run on a terminal; so it is when this is one')
    .option('--no-tty', 'Run on pipes')
    .option('--timeout <ms>', 'Milliseconds until the command is killed')
    .action(async (words: string[]) => {
      const options = command.optsWithGlobals<ExecOptions>()
      const endpoint = endpointOf(options, config)
      const input = inputOf(words, options, endpoint)
      process.exitCode = await withLink(endpoint, (link) =>
        options.json ? asEvents(link, input) : asStreams(link, input, options.tty ?? isTerminal()),
      )
    })
}

/** One word is a line of shell, as typed; several are a program's argv and are quoted back into a line. */
export function shellLine(words: readonly string[]): string {
  if (words.length === 1) return words[0] ?? ''
  return words.map(quote).join(' ')
}

function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
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
  const here = root === undefined ? cwd : resolve(cwd ?? '.')
  const given = {
    cmd: shellLine(words),
    cwd: here,
    workspace,
    env: pairs && Object.fromEntries(pairs),
    timeout: timeout === undefined ? undefined : Number(timeout),
  }
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
}

const isTerminal = () => process.stdin.isTTY && process.stdout.isTTY

/** Events as JSON lines, for programs. */
async function asEvents(link: Link, input: Record<string, unknown>): Promise<number> {
  const call = link.call('exec', input, (event) => printLine(JSON.stringify(event)))
  const answer = await interruptible(call)
  printLine(JSON.stringify(answer))
  return Result.parse(answer).exitCode
}

async function asStreams(link: Link, input: Record<string, unknown>, pty: boolean): Promise<number> {
  const size = pty ? { cols: process.stdout.columns || 80, rows: process.stdout.rows || 24 } : {}
  const leave: (() => void)[] = []
  const parts: Incoming[] = []
  const call = link.call('exec', { ...input, stream: true, pty, ...size }, (event) => {
    const { stream, stderr } = OpenEvent.parse(event)
    const main = pipeStream(link, stream, process.stdout)
    parts.push(main)
    if (stderr !== undefined) parts.push(pipeStream(link, stderr, process.stderr))
    void feed(main.outgoing)
    if (pty) leave.push(takeTerminal((size) => link.sendText(JSON.stringify({ stream, size }))))
    leave.push(forwardSignals(call, (signal) => link.sendText(JSON.stringify({ stream, signal }))))
  })
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

/** Keys go over unread, and the size follows. Answers how to give the terminal back. */
function takeTerminal(resized: (size: { cols: number; rows: number }) => void): () => void {
  const resize = () => resized({ cols: process.stdout.columns, rows: process.stdout.rows })
  process.stdout.on('resize', resize)
  if (process.stdin.isTTY) process.stdin.setRawMode(true)
  return () => {
    process.stdout.off('resize', resize)
    if (process.stdin.isTTY) process.stdin.setRawMode(false)
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

async function interruptible(call: Call): Promise<Record<string, unknown>> {
  const cancel = () => call.cancel()
  for (const signal of FORWARDED) process.once(signal, cancel)
  try {
    return await call.answer
  } finally {
    for (const signal of FORWARDED) process.off(signal, cancel)
  }
}

/** `chispart exec … | head`: once nobody reads, the command is stopped. */
function brokenPipe(call: Call): () => boolean {
  let broken = false
  process.stdout.on('error', () => {
    broken = true
    call.cancel()
  })
  return () => broken
}
