// What steps leave behind, as the engine's step runner hands it over. It never loses or doubles a byte of a log.
import type { Readable } from 'node:stream'
import type { ArtifactInfo } from '#dsl/powers/artifacts.ts'

export interface StepPlace {
  readonly run: string
  readonly instance: string
  readonly attempt: number
}

export interface NewArtifact extends StepPlace {
  readonly name: string
  readonly kind: ArtifactInfo['kind']
  readonly type: string
  readonly retentionDays?: number
}

/** Size of a terminal in cells. */
export interface Screen {
  readonly cols: number
  readonly rows: number
}

export interface StepLog {
  /** Bytes that are settled, kept or beyond the limit of a log: where a step that is joined again goes on. */
  readonly length: number
  /**
   * Resolves once the bytes are durable. `at` is the offset of the first; what is there already is let go of. Faults:
   * conflict (a gap; more for a log that is closed), not_found (nobody wrote to it for so long that it was removed).
   */
  append(at: number, bytes: Uint8Array): Promise<void>
  /**
   * The log is whole: it becomes an artifact, and also a recording when a terminal of that size showed it. Idempotent.
   */
  close(screen?: Screen): Promise<void>
}

export interface Keeper {
  log(place: StepPlace): Promise<StepLog>
  /**
   * Content-addressed: the same bytes are stored once. One of the same place, kind and name is replaced. Whoever wants it
   * to stop destroys `bytes`; they are destroyed when this rejects. Faults: invalid (the name), too_large, exhausted,
   * unavailable; whatever `bytes` fails with.
   */
  add(artifact: NewArtifact, bytes: Readable): Promise<ArtifactInfo>
}
