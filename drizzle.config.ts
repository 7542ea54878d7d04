// Where drizzle-kit reads the tables and writes migrations. It never holds an address or a password.
import { defineConfig } from 'drizzle-kit'

export default defineConfig({
  dialect: 'postgresql',
  schema: './server/store/*tables.ts',
  out: './server/store/migrations',
})
