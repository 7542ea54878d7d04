import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseJunit, writeJunit } from './junit.ts'
import { FAILURES_MAX, reportOf } from './test-report.ts'

const NODE = `<testsuites>
	<testcase name="adds" time="0.001" classname="test" file="/work/app/a.test.js"/>
	<testsuite name="outer" tests="2">
		<testcase name="fails &lt;here>" time="0.002" classname="outer" file="/work/app/a.test.js" failure="1 == 2">
			<failure type="testCodeFailure" message="1 == 2">
Error [ERR_TEST_FAILURE]: 1 == 2
    at new Promise (&lt;anonymous>) {
  cause: AssertionError
      at TestContext.&lt;anonymous> (/work/app/a.test.js:3:63)
			</failure>
		</testcase>
		<testcase name="later" time="0"><skipped type="todo" message="true"/></testcase>
	</testsuite>
	<!-- fail 1 -->
</testsuites>`

const VITEST = `<testsuites name="vitest tests"><testsuite name="a.test.ts">
  <testcase classname="src/a.test.ts" name="outer &gt; fails" time="0.5">
    <failure message="expected 1 to be 2">AssertionError\n\n ❯ src/help.ts:9:1\n ❯ src/a.test.ts:3:56</failure>
  </testcase></testsuite></testsuites>`

const PYTEST = `<testsuites><testsuite errors="1">
<testcase classname="test_a" name="test_bad" file="test_a.py" line="2" time="0.000"><failure message="assert 1 == 2">def test_bad():

test_a.py:5: AssertionError</failure></testcase>
<testcase classname="test_a" name="test_err" file="test_a.py" line="8"><error message="failed on setup">boom</error></testcase>
</testsuite></testsuites>`

describe('a JUnit report', () => {
  it('of node is counted, with the place in the trace', () => {
    expect(reportOf(parseJunit(NODE), '/work/app')).toMatchObject({
      passed: 1,
      failed: 1,
      skipped: 1,
      total: 3,
      durationMs: 3,
      failures: [
        { name: 'fails <here>', file: 'a.test.js', line: 3, message: expect.stringMatching(/^Error/) },
      ],
    })
  })

  it('of vitest names the file by its class, and the line of the test rather than that of a helper', () => {
    expect(reportOf(parseJunit(VITEST), '/work/app').failures).toMatchObject([
      { name: 'outer > fails', file: 'src/a.test.ts', line: 3 },
    ])
  })

  it('of pytest tells errors as failures, and counts lines from one', () => {
    expect(reportOf(parseJunit(PYTEST, 0), '/work/app').failures).toMatchObject([
      { name: 'test_bad', file: 'test_a.py', line: 5 },
      { name: 'test_err', file: 'test_a.py', line: 9, message: 'boom' },
    ])
  })

  it('is read as far as it goes when it was cut', () => {
    expect(parseJunit(NODE.slice(0, NODE.indexOf('cause:')))).toHaveLength(1)
  })

  it('that claims other counts is counted itself, and is bounded', () => {
    const bad = `<testcase name="${'n'.repeat(900)}"><failure>${'m'.repeat(9000)}</failure></testcase>`
    const report = reportOf(parseJunit(`<testsuites failures="0">${bad.repeat(500)}`), '/work/app')
    expect(report.failed).toBe(500)
    expect(report.failures).toHaveLength(FAILURES_MAX)
    expect(JSON.stringify(report).length).toBeLessThan(500_000)
  })

  it('is the same after writing and reading', () => {
    const text = fc.string({ unit: fc.constantFrom(...'aZ <>&"\'é😀') }).map((value) => value.trim())
    const one = fc.record({
      name: text,
      state: fc.constantFrom('passed' as const, 'failed' as const, 'skipped' as const),
      file: fc.option(fc.constantFrom('a.ts', 'b/c.py'), { nil: undefined }),
      line: fc.option(fc.nat(9999), { nil: undefined }),
      message: text,
      durationMs: fc.nat(10_000),
    })
    fc.assert(
      fc.property(fc.array(one), (cases) => {
        const kept = cases.map((c) => ({ ...c, message: c.state === 'failed' ? c.message : '' }))
        const back = parseJunit(writeJunit(cases)).map((c) => ({
          ...c,
          durationMs: Math.round(c.durationMs),
        }))
        expect(back).toEqual(kept)
      }),
    )
  })
})
