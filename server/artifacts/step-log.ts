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
} from '#server/store/step-logs.ts'
import type { LogPlace, StepLogRow } from '#server/store/step-logs.ts'
import { keepBytes } from './keep.ts'
import type { KeepParts } from './keep.ts'
import type { StepLog } from './keeper.ts'
import { withinLimit } from './log-limit.ts'
import { expiryOf } from './retention.ts'

export interface StepLogParts extends KeepParts {
  /** Bytes kept of one attempt. */
  readonly logMax: number
}

const READ_MAX = 1_048_576

export async function openLog(parts: StepLogParts, place: LogPlace): Promise<StepLog> {
  let { length } = await openStepLog(parts.store, place)
  return {
    get length() {
      return length
    },
    async append(at, bytes) {
      const end = at + bytes.length
      const usual = at === length && end <= parts.logMax && bytes.length <= CHUNK_MAX && bytes.length > 0
      if (usual && (await extendStepLog(parts.store, place, at, bytes))) {
        length = Math.max(length, end)
        return
      }
      const settled = await growStepLog(parts.store, place, (log) => grown(log, at, bytes, parts.logMax))
      if (settled === undefined) throw goneLog(place)
      length = Math.max(length, settled)
    },
    close: () => closeLog(parts, place),
  }
}

/** Faults: conflict (a gap; more for a log that is whole). */
function grown(log: StepLogRow, at: number, bytes: Uint8Array, max: number) {
  const { length } = log
  if (at + bytes.length <= length) return { bytes: new Uint8Array(), length }
  if (log.artifact !== null)
    throw new Fault('conflict', `The log of "${log.step}" is closed. Open that of a new attempt.`)
  if (at > length)
    throw new Fault(
      'conflict',
      `The log of "${log.step}" has ${length} bytes, so nothing can be appended at ${at}: append from ${length} on.`,
    )
  const fresh = bytes.subarray(length - at)
  return { bytes: withinLimit(length, fresh, max), length: length + fresh.length }
}

async function closeLog(parts: StepLogParts, place: LogPlace): Promise<void> {
  let closed = false
  while (!closed) {
    const log = await findStepLog(parts.store, place)
    if (log === undefined || log.artifact !== null) return
    const { sha256, bytes } = await keepBytes(parts, read(parts, log))
    const now = parts.now()
    const artifact = {
      ...place,
      id: randomUUID(),
      name: `${place.step}.log`,
      kind: 'log' as const,
      type: 'text/plain',
      sha256,
      bytes,
      createdAt: now,
      expiresAt: expiryOf(now),
    }
    closed = await closeStepLog(parts.store, place, bytes, artifact)
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
