// Stories in a real browser: desktop and a Pixel 7, against the real server.
import { defineConfig, devices } from 'playwright/test'
import { launchOptions } from '#e2e/stage/browser.ts'
import { hasUserNamespaces } from '#infra/scripts/namespaces.ts'

export default defineConfig({
  testDir: './stories',
  // Stories without a browser are vitest's.
  testMatch: '**/*.story.ts',
  testIgnore: hasUserNamespaces() ? [] : '**/*.sandbox.story.ts',
  outputDir: '../test-results',
  fullyParallel: false,
  // A browser waits more than it works: three of them keep two cores busy.
  workers: 3,
  // A browser on a busy machine; a story that needs its second try is reported as flaky, and is a bug to look for.
  retries: 1,
  timeout: 90_000,
  expect: { timeout: 15_000 },
  reporter: [['list'], ['../infra/totals.ts']],
  use: {
    launchOptions: await launchOptions(),
    // What a terminal holds is read as a person does: by copying it.
    permissions: ['clipboard-read', 'clipboard-write'],
  },
  projects: [
    { name: 'desktop', use: { ...devices['Desktop Chrome'], viewport: { width: 1280, height: 800 } } },
    { name: 'pixel7', use: { ...devices['Pixel 7'] } },
  ],
})
