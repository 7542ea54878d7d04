// Every table of the control plane. Proofs of identity are kept as SHA-256 hashes only, never as themselves.
import { boolean, index, integer, jsonb, pgTable, text, timestamp, unique } from 'drizzle-orm/pg-core'

const at = () => timestamp({ withTimezone: true })
const createdAt = () => at().notNull().defaultNow()

export const users = pgTable('users', {
  id: text().primaryKey(),
  name: text().notNull(),
  role: text({ enum: ['owner', 'member'] }).notNull(),
  plan: text().notNull(),
  createdAt: createdAt(),
})

const userId = () =>
  text()
    .notNull()
    .references(() => users.id, { onDelete: 'cascade' })

export const sessions = pgTable('sessions', {
  id: text().primaryKey(),
  hash: text().notNull().unique(),
  userId: userId(),
  expiresAt: at().notNull(),
  createdAt: createdAt(),
})

export const devices = pgTable('devices', {
  id: text().primaryKey(),
  userId: userId(),
  name: text().notNull(),
  kind: text({ enum: ['android', 'ios', 'web', 'cli'] }).notNull(),
  state: text({ enum: ['pending', 'active', 'revoked'] }).notNull(),
  hash: text().unique(),
  createdAt: createdAt(),
  lastSeenAt: at(),
})

export const pairings = pgTable('pairings', {
  id: text().primaryKey(),
  userId: userId(),
  codeHash: text().notNull(),
  nonce: text().notNull().unique(),
  kind: text({ enum: ['android', 'ios', 'web', 'cli'] }).notNull(),
  wrongGuesses: integer().notNull().default(0),
  used: boolean().notNull().default(false),
  expiresAt: at().notNull(),
  createdAt: createdAt(),
})

export const ownerLinks = pgTable('owner_links', {
  hash: text().primaryKey(),
  expiresAt: at().notNull(),
})

export const revokedTokens = pgTable('revoked_tokens', {
  jti: text().primaryKey(),
  expiresAt: at().notNull(),
})

export const workspaces = pgTable(
  'workspaces',
  {
    id: text().primaryKey(),
    ownerId: userId(),
    name: text().notNull(),
    state: text({ enum: ['stopped', 'starting', 'running'] }).notNull(),
    driver: text().notNull(),
    repo: text(),
    tokenHash: text(),
    /** The server whose sandbox it is. */
    hostId: text(),
    /** What its egress is narrowed to, below the operator's list. */
    egressAllow: jsonb().$type<readonly string[]>(),
    /** Why it runs no more, when nobody asked for that. */
    endedBy: text({ enum: ['exited', 'oom', 'killed', 'idle'] }),
    createdAt: createdAt(),
  },
  (table) => [unique().on(table.ownerId, table.name)],
)

export const audit = pgTable(
  'audit',
  {
    id: integer().primaryKey().generatedAlwaysAsIdentity(),
    userId: text(),
    workspaceId: text(),
    action: text().notNull(),
    outcome: text().notNull(),
    detail: jsonb().$type<Record<string, unknown>>().notNull(),
    at: createdAt(),
  },
  (table) => [index().on(table.at)],
)
