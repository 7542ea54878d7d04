// The table of what language models cost each person, call by call, also those that no run made.
import { index, numeric, snakeCase, text, timestamp } from 'drizzle-orm/pg-core'
import { users } from './tables.ts'

/** Written before the call with what it can cost at most; a call whose end nobody saw may have been paid for. */
export const llmCharges = snakeCase.table(
  'llm_charges',
  {
    id: text().primaryKey(),
    ownerId: text()
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    /** US dollars. */
    amount: numeric({ precision: 14, scale: 6 }).notNull(),
    at: timestamp({ withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [index().on(table.ownerId, table.at)],
)
