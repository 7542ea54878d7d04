// The last line of a test run, the same for both runners: how many tests passed, failed and were skipped. It judges nothing.
import type { Reporter as PlaywrightReporter, Suite } from 'playwright/types/testReporter'
import type { Reporter as VitestReporter } from 'vitest/node'

interface Totals {
  passed: number
  failed: number
  skipped: number
}

function lineOf({ passed, failed, skipped }: Totals): string {
  return `\n${passed} passed, ${failed} failed, ${skipped} skipped\n`
}

export function vitestTotals(): VitestReporter {
  return {
    onTestRunEnd(modules) {
      const totals: Totals = { passed: 0, failed: 0, skipped: 0 }
      for (const module of modules) {
        // A file that could not be loaded has no tests to fail.
        if (module.errors().length > 0) totals.failed += 1
        for (const test of module.children.allTests()) {
          const { state } = test.result()
          if (state !== 'pending') totals[state] += 1
        }
      }
      process.stdout.write(lineOf(totals))
    },
  }
}

/** A story that passed at its second try has passed; Playwright says that it is flaky. */
export default class implements PlaywrightReporter {
  #suite: Suite | undefined

  onBegin(_: unknown, suite: Suite): void {
    this.#suite = suite
  }

  onEnd(): void {
    const totals: Totals = { passed: 0, failed: 0, skipped: 0 }
    for (const test of this.#suite?.allTests() ?? []) {
      const outcome = test.outcome()
      totals[outcome === 'skipped' ? 'skipped' : outcome === 'unexpected' ? 'failed' : 'passed'] += 1
    }
    process.stdout.write(lineOf(totals))
  }

  printsToStdio(): boolean {
    return false
  }
}
