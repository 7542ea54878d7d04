// What a person reads of a fault: the rule, and the way out.
import { describe, expect, it } from 'vitest'
import { Fault } from '#dsl/fault.ts'
import { overQuota } from '#dsl/policy/quota.ts'
import { remediesOf, sentenceOf } from './fault.ts'
import { say } from './say.ts'
import type { TextKey } from './say.ts'

const es = (key: TextKey, values?: Record<string, string>) => say('es', key, values)
const en = (key: TextKey, values?: Record<string, string>) => say('en', key, values)

describe('a fault', () => {
  it('that everybody meets is said in the language of the reader', () => {
    const fault = new Fault('denied', 'This code is wrong.', { data: { reason: 'code' } })
    expect(sentenceOf(fault, es)).toMatch(/^Este código es erróneo/)
  })
  it.each(['workspaces', 'runs', 'runMinutesPerMonth', 'usdPerMonth', 'artifactMiB'] as const)(
    'of a quota that is used up says the numbers in the language of the reader: %s',
    (quota) => {
      const over = { quota, used: 1.23456, limit: 2, plan: 'gratis', said: 'Full.', remedy: 'Wait' }
      const fault = overQuota(over)
      expect(sentenceOf(fault, es)).toMatch(/1\.23.* 2 |1\.23.*\$2 | 2 .*1\.23/)
      for (const t of [en, es]) {
        expect(sentenceOf(fault, t)).toContain('gratis')
        expect(sentenceOf(fault, t)).toContain(quota)
        expect(sentenceOf(fault, t)).not.toMatch(/[{}]|Full/)
      }
      expect(sentenceOf(fault, es)).not.toBe(sentenceOf(fault, en))
    },
  )
  it('of another kind says what the server said', () => {
    expect(sentenceOf(new Fault('not_found', 'There is no op "x".'), es)).toBe('There is no op "x".')
  })
  it('names the rule and the pattern that would allow the command', () => {
    const fault = new Fault('denied', 'Not listed.', { data: { rule: 'R8', allow: 'npm ci' } })
    expect(remediesOf(fault, en)).toEqual([
      'The plan would allow it with the pattern: npm ci',
      'Refused by rule R8. SECURITY.md explains it.',
    ])
  })
  it('names each field that does not fit', () => {
    const problems = [{ field: 'name', problem: 'too long' }, { problem: 'not an object' }, 7]
    expect(remediesOf(new Fault('invalid', 'No.', { data: { problems } }), en)).toEqual([
      'name: too long',
      'not an object',
    ])
  })
  it('does not repeat a remedy that its sentence has', () => {
    const remedy = 'Run: chispart doctor --fix'
    const fault = new Fault('unavailable', `There is no bubblewrap. ${remedy}`, { data: { remedy } })
    expect(remediesOf(fault, en)).toEqual([])
  })
  it('has no remedy in data of any other shape', () => {
    expect(
      [undefined, null, 7, 'x', []].flatMap((data) => remediesOf(new Fault('internal', '', { data }), en)),
    ).toEqual([])
  })
})
