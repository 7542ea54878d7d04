// The power over what runs leave behind: logs, reports, files. It reads; only the engine adds.
import type { Signal } from './signal.ts'

export interface ArtifactInfo {
  readonly id: string
  readonly run: string
  /** The step instance that made it: `build`, `test[2]`. */
  readonly step: string
  readonly attempt: number
  readonly name: string
  /** `log`: text with ANSI. `recording`: asciicast v2. `report`: SARIF, JUnit. `file`: what the workflow named. */
  readonly kind: 'log' | 'recording' | 'report' | 'file'
  /** MIME type. */
  readonly type: string
  readonly bytes: number
  /** Lower-case hex. */
  readonly sha256: string
  /** ISO 8601; absent for one that is kept. */
  readonly expiresAt?: string
  readonly createdAt: string
}

export interface LogPage {
  /** UTF-8, with ANSI as the program wrote it. */
  readonly text: string
  /** Byte offset behind the text: where the next page begins. */
  readonly end: number
  /** Whether more will come: the step still runs. */
  readonly open: boolean
}

export interface LogPlace {
  readonly attempt?: number | undefined
  /** First byte. */
  readonly offset: number
  /** Milliseconds to wait for the first byte that is not there yet. */
  readonly wait?: number | undefined
}

export interface Artifacts {
  /** Faults: not_found (the run). */
  list(run: string): Promise<ArtifactInfo[]>
  /** A signed address that works without signing in, for ten minutes. Faults: not_found. */
  link(artifact: string): Promise<{ url: string; expiresAt: string }>
  /** Of the latest attempt when left out. Faults: not_found; the signal's reason. */
  log(run: string, step: string, at: LogPlace, signal?: Signal): Promise<LogPage>
}
