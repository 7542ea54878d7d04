// A real, empty database for one test file, on a Postgres of its own. Only tests use it.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startPostgres } from './embedded.ts'
import { openStore } from './store.ts'
import type { Store } from './store.ts'

export interface TestStore {
  readonly store: Store
  readonly dataDir: string
  /** For a connection of one's own. */
  readonly url: string
  /** Stops the database and deletes its directory. */
  close(): Promise<void>
}

export async function openTestStore(): Promise<TestStore> {
  const dataDir = await mkdtemp(join(tmpdir(), 'chispart-test-'))
  const postgres = await startPostgres({ dataDir, log: () => undefined })
  const store = await openStore(postgres)
  return {
    store,
    dataDir,
    url: postgres.url,
    async close() {
      await store.close()
      await postgres.stop()
      await rm(dataDir, { recursive: true })
    },
  }
}
