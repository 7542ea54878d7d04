// Table of stored workflows. Their text is the truth; what is beside it is read from it when it is saved.
import { index, jsonb, pgTable, primaryKey, text, timestamp } from 'drizzle-orm/pg-core'
import type { Trigger } from '#dsl/workflow/model.ts'
import { users } from './tables.ts'

export const workflows = pgTable(
  'workflows',
  {
    ownerId: text()
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    name: text().notNull(),
    text: text().notNull(),
    description: text(),
    triggers: jsonb().$type<readonly Trigger[]>().notNull(),
    updatedAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ columns: [table.ownerId, table.name] }),
    index().using('gin', table.triggers.op('jsonb_path_ops')),
  ],
)
