// Tables of dependency caches: what is kept for which repository of whom, and what a run was given of it. Their bytes are
// blobs, as those of artifacts are.
import { bigint, index, jsonb, pgTable, text, timestamp, unique } from 'drizzle-orm/pg-core'
import { blobs } from './artifact-tables.ts'
import { users } from './tables.ts'

const at = () => timestamp({ withTimezone: true })
const ownerId = () =>
  text()
    .notNull()
    .references(() => users.id, { onDelete: 'cascade' })

/** Nothing of it crosses from one owner or repository to another; a branch also reads that of the default one. */
export const caches = pgTable(
  'caches',
  {
    id: text().primaryKey(),
    ownerId: ownerId(),
    repo: text().notNull(),
    /** `refs/heads/main`: whose run made it. */
    branch: text().notNull(),
    /** The package manager. */
    kind: text().notNull(),
    /** SHA-256 of its lockfiles. */
    key: text().notNull(),
    sha256: text()
      .notNull()
      .references(() => blobs.sha256),
    bytes: bigint({ mode: 'number' }).notNull(),
    createdAt: at().notNull().defaultNow(),
    usedAt: at().notNull().defaultNow(),
  },
  (table) => [
    unique().on(table.ownerId, table.repo, table.branch, table.kind, table.key),
    index().on(table.sha256),
    index().on(table.usedAt),
  ],
)

/** What a project needed when its run began, before any of its own code ran. */
export interface Needed {
  readonly kind: string
  readonly key: string
  /** Whether that very key was there. */
  readonly hit: boolean
}

/** One row per run that looked for caches, until it has ended. */
export const runCaches = pgTable('run_caches', {
  run: text().primaryKey(),
  ownerId: ownerId(),
  /** The attempt in whose log `note` stands. */
  attempt: text().notNull(),
  note: text().notNull(),
  repo: text().notNull(),
  branch: text().notNull(),
  needed: jsonb().$type<readonly Needed[]>().notNull(),
})
