// The power to run a command to its end. It never interprets output and never treats a non-zero exit as an error.

/** An argv (judged token by token), or one line of shell that is parsed and judged command by command. */
export type Command = readonly string[] | { readonly shell: string }

export interface OutputChunk {
  readonly type: 'stdout' | 'stderr'
  /** UTF-8 text; a character is never split over two chunks. */
  readonly data: string
}

export interface ExecOptions {
  /** Directory inside the workspace; relative paths start at the repository. */
  readonly cwd?: string | undefined
  /** Added to the workspace's environment. */
  readonly env?: Readonly<Record<string, string>> | undefined
  /** Text for standard input, which is closed after it. */
  readonly stdin?: string | undefined
  /** Run on a pseudo-terminal: stdout and stderr are then one. */
  readonly pty?: boolean | undefined
  /** Terminal size in cells; used with `pty` only. */
  readonly cols?: number | undefined
  readonly rows?: number | undefined
  /** Milliseconds until the process tree is killed and the call ends with `timed_out`. */
  readonly timeoutMs?: number | undefined
  /** Called per chunk, in order; the program is paused until the promise resolves. Without it output is collected. */
  readonly output?: (chunk: OutputChunk) => Promise<void> | void
}

export interface ExecResult {
  /** 0–255; 128 + n when signal n ended the program. */
  readonly exitCode: number
  /** Empty when `output` took the chunks. */
  readonly stdout: string
  readonly stderr: string
  /** True when collected output passed 8 MiB and was cut. */
  readonly truncated: boolean
}

/** Bytes instead of text, for a caller that shows or pipes them: see API-RPC.md, "Streams". */
export interface ExecStreams {
  /** Standard output, and standard input in the other direction; the terminal itself with `pty`. */
  readonly stream: number
  /** Standard error; absent with `pty`. */
  readonly stderr?: number
}

export interface Exec {
  /** Faults: denied (the plan does not allow it), not_found (cwd or program), timed_out, cancelled. */
  run(command: Command, options?: ExecOptions): Promise<ExecResult>
  /** As `run`, over streams that the caller's connection carries; `opened` is told their ids before any byte flows. */
  stream(
    command: Command,
    options: Omit<ExecOptions, 'output' | 'stdin'>,
    opened: (streams: ExecStreams) => Promise<void> | void,
  ): Promise<{ exitCode: number }>
}
