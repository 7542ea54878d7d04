// What reports say, and what may be shown at all.
// @vitest-environment jsdom
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readJunit } from './junit.ts'
import { previewKind } from './kind.ts'
import { readMarkdown } from './markdown.ts'
import { readSarif } from './sarif.ts'

describe('a JUnit report', () => {
  it('says how many tests there were, and which failed where', () => {
    const report = readJunit(`<?xml version="1.0"?><testsuites><testsuite name="s">
      <testcase classname="calc" name="adds"/>
      <testcase classname="calc" name="divides" file="test/calc.test.js" line="12">
        <failure message="expected 2">at x</failure></testcase>
      <testcase name="throws"><error>Error: no
        at src/deep/calc.ts:7:3</error></testcase>
      <testcase name="later"><skipped/></testcase></testsuite></testsuites>`)
    expect(report).toMatchObject({ tests: 4, failed: 2, skipped: 1 })
    expect(report?.findings).toEqual([
      { level: 'error', title: 'calc › divides', message: 'expected 2', place: 'test/calc.test.js:12' },
      { level: 'error', title: 'throws', message: 'Error: no', place: 'src/deep/calc.ts:7' },
    ])
  })

  it.each(['<html/>', 'not xml', '<!DOCTYPE x [<!ENTITY a "b">]><testsuite/>', '<testsuite>'])(
    'is not %s',
    (text) => {
      expect(readJunit(text)).toBeUndefined()
    },
  )
})

describe('a SARIF report', () => {
  it('says what was found where', () => {
    const physicalLocation = { artifactLocation: { uri: 'src/a.ts' }, region: { startLine: 3 } }
    const results = [
      {
        ruleId: 'no-eval',
        level: 'error',
        message: { text: 'Bad.\nMore.' },
        locations: [{ physicalLocation }],
      },
      { message: { text: 'Somewhere' } },
    ]
    expect(readSarif(JSON.stringify({ runs: [{ results }] }))).toEqual([
      { level: 'error', title: 'no-eval', message: 'Bad.', place: 'src/a.ts:3' },
      { level: 'warning', title: '', message: 'Somewhere' },
    ])
  })

  it.each(['{}', '[', '{"runs":[{"results":[7]}]}'])('is not %s', (text) => {
    expect(readSarif(text)).toBeUndefined()
  })
})

describe('Markdown', () => {
  it('is a tree of text', () => {
    const text = '# A *b*\n\none `x` **y**\ntwo\n\n- a\n- [c](https://d.e)\n\n> q\n\n```js\n# no\n```\n---'
    expect(readMarkdown(text).map(({ kind }) => kind)).toEqual([
      ...['heading', 'paragraph', 'list', 'quote', 'code', 'rule'],
    ])
  })

  it('has links to the web alone, and HTML as letters', () => {
    const [block] = readMarkdown('<script>x</script> [a](javascript:alert(1)) ![i](data:x) [b](/c)')
    expect(block).toMatchObject({ kind: 'paragraph' })
    expect(JSON.stringify(block)).not.toContain('"link"')
  })

  it('is read in no time, whatever somebody thought of', () => {
    const began = performance.now()
    for (const unit of ['[', '*', '`', '![', '# ', '>']) readMarkdown(unit.repeat(100_000))
    expect(performance.now() - began).toBeLessThan(5000)
  })

  it('ends, whatever is written', () => {
    const noise = fc.string({
      unit: fc.constantFrom('#', '-', '`', '~', '>', '*', '[', ']', '(', ')', ' ', '\n', 'x', '1.'),
    })
    fc.assert(fc.property(noise, (text) => readMarkdown(text).length <= text.length))
  })
})

it('pages, programs, logs and what is too large have no preview', () => {
  const file = { kind: 'file' as const, bytes: 10 }
  expect(previewKind({ ...file, type: 'image/png' })).toBe('image')
  expect(previewKind({ ...file, type: 'text/plain; charset=utf-8' })).toBe('text')
  for (const type of ['text/html', 'application/javascript', 'application/pdf', 'constructor'])
    expect(previewKind({ ...file, type })).toBeUndefined()
  expect(previewKind({ ...file, type: 'text/plain', bytes: 2e6 })).toBeUndefined()
  expect(previewKind({ ...file, type: 'text/plain', kind: 'log' })).toBeUndefined()
})
