// Tables of what runs leave behind. Bytes of artifacts are elsewhere, by their hash; only logs that still grow are here.
import { sql } from 'drizzle-orm'
import {
  bigint,
  bytea,
  foreignKey,
  index,
  integer,
  pgTable,
  primaryKey,
  text,
  timestamp,
  unique,
} from 'drizzle-orm/pg-core'

const at = () => timestamp({ withTimezone: true })
const bytes = () => bigint({ mode: 'number' }).notNull()

/** A row is there before its bytes are, so that no bytes are ever without one. */
export const blobs = pgTable(
  'blobs',
  {
    sha256: text().primaryKey(),
    bytes: bytes(),
    /** Until then nobody removes it, though no artifact may refer to it yet. */
    leasedUntil: at().notNull(),
  },
  (table) => [index().on(table.leasedUntil)],
)

const place = {
  run: text().notNull(),
  /** The step instance: `build`, `test[2]`. */
  step: text().notNull(),
  attempt: integer().notNull(),
}

export const artifacts = pgTable(
  'artifacts',
  {
    id: text().primaryKey(),
    ...place,
    name: text().notNull(),
    kind: text({ enum: ['log', 'recording', 'report', 'file'] }).notNull(),
    type: text().notNull(),
    sha256: text()
      .notNull()
      .references(() => blobs.sha256),
    bytes: bytes(),
    expiresAt: at().notNull(),
    createdAt: at().notNull().defaultNow(),
  },
  (table) => [
    unique().on(table.run, table.step, table.attempt, table.kind, table.name),
    index().on(table.sha256),
    index().on(table.expiresAt),
  ],
)

export const stepLogs = pgTable(
  'step_logs',
  {
    ...place,
    /** Bytes that the step printed, as far as they are settled. */
    length: bytes(),
    /** Bytes of those that are kept, and of the note at their end when not all are. */
    kept: bytes(),
    /** The last of those that were printed, which are not shown yet: they may be the beginning of a secret. */
    waiting: bytea()
      .notNull()
      .default(sql`''::bytea`),
    /** What it became when it was whole; it goes with that. */
    artifact: text().references(() => artifacts.id, { onDelete: 'cascade', onUpdate: 'cascade' }),
    grownAt: at().notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ columns: [table.run, table.step, table.attempt] }),
    index().on(table.artifact),
    index().on(table.grownAt),
  ],
)

export const stepLogChunks = pgTable(
  'step_log_chunks',
  {
    ...place,
    /** Offset of the first byte. */
    at: bytes(),
    bytes: bytea().notNull(),
    /** When they came: the time of a recording. */
    writtenAt: at().notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ columns: [table.run, table.step, table.attempt, table.at] }),
    foreignKey({
      name: 'step_log_chunks_log_fkey',
      columns: [table.run, table.step, table.attempt],
      foreignColumns: [stepLogs.run, stepLogs.step, stepLogs.attempt],
    }).onDelete('cascade'),
  ],
)
