// The tables of servers that share this database: where each is reached, and the tickets by which they let each other in.
import { snakeCase, text, timestamp } from 'drizzle-orm/pg-core'

const at = () => timestamp({ withTimezone: true })

export const hosts = snakeCase.table('hosts', {
  id: text().primaryKey(),
  url: text().notNull(),
  startedAt: at().notNull().defaultNow(),
})

export const hostTickets = snakeCase.table('host_tickets', {
  hash: text().primaryKey(),
  hostId: text()
    .notNull()
    .references(() => hosts.id, { onDelete: 'cascade' }),
  expiresAt: at().notNull(),
})
