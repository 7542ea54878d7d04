// The power over lasting terminals: they belong to the workspace and outlive every client. It never carries bytes itself.

export interface Size {
  readonly cols: number
  readonly rows: number
}

export interface PtyInfo extends Size {
  readonly id: string
  /** What the person called it, or the program's name. */
  readonly name: string
  /** Last title the program set (OSC 0/2) in what is kept of its output, control characters removed; '' until it does. */
  readonly title: string
  readonly cwd: string
  /** ISO 8601. */
  readonly startedAt: string
  /** How many clients are attached now. */
  readonly attached: number
  /** Present once the program has ended. */
  readonly exitCode?: number
}

export interface PtyOpenOptions extends Partial<Size> {
  readonly name?: string | undefined
  readonly cwd?: string | undefined
  readonly env?: Readonly<Record<string, string>> | undefined
  /** A command to run instead of the login shell; judged like any other. */
  readonly cmd?: string | undefined
}

/** What a client needs to draw the terminal: bytes follow on `stream` from `cursor` on. */
export interface Attachment extends Size {
  readonly pty: string
  readonly stream: number
  /** Absolute offset, in bytes since the terminal was opened, of the first byte that the stream will carry. */
  readonly cursor: number
  /** VT text that draws the terminal as it was at `cursor`; absent when the stream continues where the client was. */
  readonly screen?: string
}

export interface AttachOptions {
  readonly cols?: number | undefined
  readonly rows?: number | undefined
  /** The last offset the client has; left out for a fresh client. */
  readonly cursor?: number | undefined
}

export interface Pty {
  /** Faults: denied (the plan has no interactive terminals), exhausted (too many terminals), not_found (cwd). */
  open(options: PtyOpenOptions): Promise<Attachment>
  attach(id: string, options: AttachOptions): Promise<Attachment>
  list(): Promise<PtyInfo[]>
  resize(id: string, size: Size): Promise<void>
  rename(id: string, name: string): Promise<void>
  /** Ends the program: SIGHUP, then SIGKILL after 2 s. */
  close(id: string): Promise<void>
}
