// Artifacts of a test: a real Postgres, real files, a clock that the test moves, and a table of who owns which run.
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pino } from 'pino'
import type { AuditEvent } from '#server/events/audit.ts'
import { createSecrets } from '#server/redact/secrets.ts'
import { openTestStore } from '#server/store/test-store.ts'
import { createArtifacts } from './artifacts.ts'
import type { BlobStore } from './blob-store.ts'
import { diskBlobs } from './disk-blobs.ts'
import type { StepPlace } from './keeper.ts'
import { createStaging } from './staging.ts'

export const OWNER = 'ana'
export const STRANGER = 'eve'
export const LOG_LIMIT = 1_048_576
/** What none of them may keep. */
export const SECRET = 'ghp_0aB1cD2eF3gH4iJ5kL6mN7oP8qR9sT'

const ownerOf = (run: string) => {
  if (run === 'theirs') return STRANGER
  return /^r\d+$/.test(run) ? OWNER : undefined
}

export const place = (instance = 'build', run = 'r1', attempt = 1): StepPlace => ({ run, instance, attempt })

export const stream = (text: string | Uint8Array) => Readable.from([Buffer.from(text)])

export async function openTestArtifacts() {
  const postgres = await openTestStore()
  const clock = { ms: Date.parse('2026-01-01T00:00:00Z') }
  const now = () => new Date(clock.ms)
  const dir = join(postgres.dataDir, 'artifacts')
  const blobs = diskBlobs(dir)
  const staging = createStaging({ dir: join(dir, 'staging'), max: 8 * 1_048_576 })
  const events: AuditEvent[] = []
  const { redactor } = createSecrets([{ value: SECRET, label: 'A_TOKEN' }])
  const common = {
    store: postgres.store,
    staging,
    redactor,
    key: Buffer.from('a secret of the server, for tests only'),
    ownerOf: (run: string) => Promise.resolve(ownerOf(run)),
    audit: { record: (event: AuditEvent) => void events.push(event), close: () => Promise.resolve() },
    log: pino({ level: 'silent' }),
    now,
    logMax: LOG_LIMIT,
  }
  const open = (own: BlobStore = blobs) => createArtifacts({ ...common, blobs: own })
  const artifacts = open()
  return {
    ...common,
    dir,
    blobs,
    events,
    artifacts,
    /** Another server of the same database. */
    open,
    keeper: artifacts.keeper,
    mine: artifacts.powerFor(OWNER, 'http://localhost:3000'),
    theirs: artifacts.powerFor(STRANGER, 'http://localhost:3000'),
    pass: (ms: number) => void (clock.ms += ms),
    async close() {
      await artifacts.close()
      await postgres.close()
    },
  }
}

export type TestArtifacts = Awaited<ReturnType<typeof openTestArtifacts>>
