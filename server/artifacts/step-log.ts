// The log of one attempt while it grows: appended once by offset, bounded, and an artifact in the end.
import { randomUUID } from 'node:crypto'
import { Fault } from '#dsl/fault.ts'
import {
  CHUNK_MAX,
  closeStepLog,
  extendStepLog,
  findStepLog,
  growStepLog,
  openStepLog,
  readStepLog,
  readStepLogPieces,
} from '#server/store/step-logs.ts'
import type { Growth, LogPlace, StepLogRow } from '#server/store/step-logs.ts'
import type { Redactor } from '#server/redact/redactor.ts'
import { putArtifact } from '#server/store/artifacts.ts'
import type { ArtifactRow } from '#server/store/artifacts.ts'
import { asciicast } from './asciicast.ts'
import type { Written } from './asciicast.ts'
import { keepBytes } from './keep.ts'
import type { KeepParts } from './keep.ts'
import type { Screen, StepLog } from './keeper.ts'
import { withinLimit } from './log-limit.ts'
import type { LogNews } from './log-news.ts'
import { expiryOf } from './retention.ts'

export interface StepLogParts extends KeepParts {
  /** Bytes kept of one attempt. */
  readonly logMax: number
  readonly news: LogNews
  readonly redactor: () => Redactor
}

const READ_MAX = 1_048_576
/** Pieces of a log read at once: they may be as large as CHUNK_MAX. */
const PIECES_MAX = 32

export async function openLog(parts: StepLogParts, place: LogPlace): Promise<StepLog> {
  const { store, logMax, news } = parts
  const redactor = parts.redactor()
  let known = await openStepLog(store, place)
  return {
    get length() {
      return known.length
    },
    async append(at, bytes) {
      const from = known
      const end = at + bytes.length
      if (at === from.length && end <= logMax && bytes.length <= CHUNK_MAX && bytes.length > 0) {
        const { shown, waiting } = redactor.pass(from.waiting, bytes)
        if (await extendStepLog(store, place, from, { length: end, bytes: shown, waiting })) {
          const next = { length: end, kept: from.kept + shown.length, waiting: Buffer.from(waiting) }
          if (end > known.length) known = { ...from, ...next }
          return news.tell(place.run, place.step)
        }
      }
      const settled = await growStepLog(store, place, (log) => grown(log, at, bytes, { redactor, logMax }))
      if (settled === undefined) throw goneLog(place)
      if (settled.length > known.length) known = settled
      news.tell(place.run, place.step)
    },
    async close(screen) {
      await closeLog(parts, place, redactor, screen)
      news.tell(place.run, place.step)
    },
  }
}

interface Keeping {
  readonly redactor: Redactor
  readonly logMax: number
}

/** Undefined for what is there already. Faults: conflict (a gap; more for a log that is whole). */
function grown(
  log: StepLogRow,
  at: number,
  bytes: Uint8Array,
  { redactor, logMax }: Keeping,
): Growth | undefined {
  const { length } = log
  if (at + bytes.length <= length) return undefined
  if (log.artifact !== null)
    throw new Fault('conflict', `The log of "${log.step}" is closed. Open that of a new attempt.`)
  if (at > length)
    throw new Fault(
      'conflict',
      `The log of "${log.step}" has ${length} bytes, so nothing can be appended at ${at}: append from ${length} on.`,
    )
  const fresh = bytes.subarray(length - at)
  const { shown, waiting } = redactor.pass(log.waiting, fresh)
  return { bytes: withinLimit(shownOf(log), shown, logMax), length: length + fresh.length, waiting }
}

/** Nothing follows what waits: it is shown. */
function flushed(log: StepLogRow, { redactor, logMax }: Keeping): Growth | undefined {
  if (log.waiting.length === 0) return undefined
  const bytes = withinLimit(shownOf(log), redactor.all(log.waiting), logMax)
  return { bytes, length: log.length, waiting: new Uint8Array() }
}

const shownOf = ({ length, waiting }: StepLogRow) => length - waiting.length

async function closeLog(
  parts: StepLogParts,
  place: LogPlace,
  redactor: Redactor,
  screen: Screen | undefined,
): Promise<void> {
  let closed = false
  while (!closed) {
    const log = await findStepLog(parts.store, place)
    if (log === undefined || log.artifact !== null) return
    if (log.waiting.length > 0) {
      await growStepLog(parts.store, place, (now) => flushed(now, { redactor, logMax: parts.logMax }))
      continue
    }
    // Before the log, whose end takes the times with it: who dies in between does both again.
    if (screen) await keepRecording(parts, log, screen)
    const blob = await keepBytes(parts, read(parts, log))
    const about = { name: `${place.step}.log`, kind: 'log', type: 'text/plain' } as const
    closed = await closeStepLog(
      parts.store,
      place,
      blob.bytes,
      artifactOf(parts, place, { ...about, ...blob }),
    )
  }
}

async function keepRecording(parts: StepLogParts, log: StepLogRow, screen: Screen): Promise<void> {
  const blob = await keepBytes(parts, asciicast({ ...screen, title: log.step }, pieces(parts, log)))
  if (blob.bytes === 0) return
  const about = { name: `${log.step}.cast`, kind: 'recording', type: 'application/x-asciicast' } as const
  await putArtifact(parts.store, artifactOf(parts, log, { ...about, ...blob }))
}

function artifactOf(
  { now }: StepLogParts,
  { run, step, attempt }: LogPlace,
  about: Pick<ArtifactRow, 'name' | 'kind' | 'type' | 'sha256' | 'bytes'>,
): ArtifactRow {
  const createdAt = now()
  return { run, step, attempt, ...about, id: randomUUID(), createdAt, expiresAt: expiryOf(createdAt) }
}

async function* pieces({ store }: StepLogParts, log: StepLogRow): AsyncGenerator<Written> {
  for (let at = 0; at < log.kept;) {
    const some = await readStepLogPieces(store, log, at, PIECES_MAX)
    // As below: another one closed it.
    if (some.length === 0) return
    yield* some
    const last = some.at(-1)
    at = (last?.at ?? 0) + (last?.bytes.length ?? 0)
  }
}

async function* read({ store }: StepLogParts, log: StepLogRow): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < log.kept;) {
    const bytes = await readStepLog(store, log, at, Math.min(READ_MAX, log.kept - at))
    // Another one closed it, and its bytes went with that: what is read so far is thrown away by the check of its length.
    if (bytes.length === 0) return
    yield bytes
    at += bytes.length
  }
}

const goneLog = ({ step, attempt }: LogPlace) =>
  new Fault('not_found', `The log of "${step}", attempt ${attempt}, is gone.`)
