// Unit and integration tests, beside the code. Real parts start in the tests that need them.
import { defineConfig } from 'vitest/config'
import { vitestTotals } from './infra/totals.ts'
import { hasUserNamespaces } from './infra/scripts/namespaces.ts'

export default defineConfig({
  test: {
    include: ['{dsl,runtime,server,web,cli,infra,e2e}/**/*.test.{ts,tsx}'],
    exclude: hasUserNamespaces() ? [] : ['**/*.sandbox.test.ts'],
    reporters: ['default', vitestTotals()],
    pool: 'forks',
    // Two cores: more workers make timing-sensitive real parts (ptys, Postgres, sandboxes) wait for each other.
    maxWorkers: 2,
    testTimeout: 60_000,
    // What a story stands on takes a minute where other stories begin beside it.
    hookTimeout: 180_000,
    expect: { poll: { timeout: 15_000 } },
  },
})
