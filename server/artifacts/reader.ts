// What an owner may read of the artifacts and logs of their runs. It answers about another's as if there were none.
import { setTimeout as pause } from 'node:timers/promises'
import { Fault } from '#dsl/fault.ts'
import type { ArtifactInfo, Artifacts, LogPage, LogPlace } from '#dsl/powers/artifacts.ts'
import type { Signal } from '#dsl/powers/signal.ts'
import { findArtifact, listArtifacts } from '#server/store/artifacts.ts'
import type { ArtifactRow } from '#server/store/artifacts.ts'
import { findStepLog, readStepLog } from '#server/store/step-logs.ts'
import type { StepLogRow } from '#server/store/step-logs.ts'
import type { Store } from '#server/store/store.ts'
import type { BlobStore } from './blob-store.ts'
import { wholeCharacters } from './characters.ts'
import type { Links } from './link.ts'
import type { LogNews } from './log-news.ts'

export interface ReaderParts {
  readonly store: Store
  readonly blobs: BlobStore
  readonly links: Links
  readonly news: LogNews
  /** The id of a run's owner; undefined when there is no such run. */
  readonly ownerOf: (run: string) => Promise<string | undefined>
  readonly now: () => Date
}

/** Bytes of a page: as JSON, where one control character takes six, it stays below what one message should hold. */
const PAGE_MAX = 524_288
/** Milliseconds between looks of one who waits: a log may grow in another process. */
const LOOK_MS = 150

/** `origin` is put before the path of a link: `https://host:3000`. */
export function artifactsOf(parts: ReaderParts, owner: string, origin: string): Artifacts {
  const owned = async (run: string) => isText(run) && (await parts.ownerOf(run)) === owner
  const checkRun = async (run: string) => {
    if (!(await owned(run))) throw new Fault('not_found', `You have no run "${run}". List yours by run.list.`)
  }
  return {
    async list(run) {
      await checkRun(run)
      return (await listArtifacts(parts.store, run, parts.now())).map(infoOf)
    },
    async link(id) {
      const found = isText(id) ? await findArtifact(parts.store, id, parts.now()) : undefined
      if (!found || !(await owned(found.run)))
        throw new Fault('not_found', `You have no artifact "${id}". List those of a run by artifact.list.`)
      const { path, expiresAt } = parts.links.make(id, parts.now())
      return { url: origin + path, expiresAt: expiresAt.toISOString() }
    },
    async log(run, step, at, signal) {
      await checkRun(run)
      if (!isText(step)) return noLog(step, at.attempt)
      return awaited(parts, run, step, at, signal)
    },
  }
}

/** The database has no text with a zero character, so it is no name of anything. */
const isText = (name: string): boolean => !name.includes('\0')

export const infoOf = ({ createdAt, expiresAt, ...row }: ArtifactRow): ArtifactInfo => ({
  ...row,
  createdAt: createdAt.toISOString(),
  expiresAt: expiresAt.toISOString(),
})

/** A page that says something: of a log that is still to come or to grow, as soon as it does. */
async function awaited(
  parts: ReaderParts,
  run: string,
  step: string,
  at: LogPlace,
  signal?: Signal,
): Promise<LogPage> {
  const until = performance.now() + (at.wait ?? 0)
  for (;;) {
    signal?.throwIfAborted()
    const next = parts.news.next(run, step)
    try {
      const page = await pageNow(parts, run, step, at)
      const left = until - performance.now()
      if (page !== undefined && (page.text !== '' || !page.open || left <= 0)) return page
      if (left <= 0) return noLog(step, at.attempt)
      await Promise.race([next.heard, pause(Math.min(left, LOOK_MS))])
    } finally {
      next.forget()
    }
  }
}

/** Undefined when there is no log. */
async function pageNow(parts: ReaderParts, run: string, step: string, at: LogPlace) {
  const find = () => findStepLog(parts.store, { run, step, attempt: at.attempt })
  const log = await find()
  if (log === undefined) return undefined
  const page = await pageOf(parts, log, at.offset)
  if (page !== undefined) return page
  // Closed meanwhile.
  const again = await find()
  return (again && (await pageOf(parts, again, at.offset))) ?? noPage(step)
}

/** Undefined when the log was closed while it was read: its bytes are in an artifact then. */
async function pageOf(parts: ReaderParts, log: StepLogRow, offset: number): Promise<LogPage | undefined> {
  if (log.artifact !== null) return closedPage(parts, log, log.artifact, offset)
  const bytes = await readStepLog(parts.store, log, offset, PAGE_MAX)
  if (bytes.length === 0 && offset < log.kept) return undefined
  return page(bytes, Math.min(offset, log.kept), true, true)
}

async function closedPage(
  { store, blobs, now }: ReaderParts,
  log: StepLogRow,
  id: string,
  offset: number,
): Promise<LogPage> {
  const artifact = (await findArtifact(store, id, now())) ?? noLog(log.step, log.attempt)
  const start = Math.min(offset, artifact.bytes)
  const end = Math.min(start + PAGE_MAX, artifact.bytes)
  if (start === end) return { text: '', end, open: false }
  const chunks: Buffer[] = []
  for await (const chunk of await blobs.get(artifact, { start, end: end - 1 })) chunks.push(chunk as Buffer)
  return page(Buffer.concat(chunks), start, false, end < artifact.bytes)
}

/** A character of which the rest is yet to come begins the next page. */
function page(bytes: Uint8Array, start: number, open: boolean, more: boolean): LogPage {
  const whole = more ? bytes.subarray(0, wholeCharacters(bytes)) : bytes
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(whole)
  return { text, end: start + whole.length, open }
}

function noLog(step: string, attempt: number | undefined): never {
  const which = attempt === undefined ? '' : `, attempt ${attempt}`
  throw new Fault(
    'not_found',
    `There is no log of "${step}"${which}: it has not started, or its log is no longer kept.`,
  )
}

function noPage(step: string): never {
  throw new Fault('unavailable', `The log of "${step}" is just being put away. Ask again.`)
}
