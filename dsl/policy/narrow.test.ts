import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { judge } from './commands.ts'
import { narrowGrant } from './narrow.ts'
import { matches } from './pattern.ts'

const grant = (...commands: string[]) => ({ plan: 'pro', commands, terminals: false })
const narrowed = (plan: readonly string[], allow: readonly string[]) =>
  narrowGrant(grant(...plan), allow, 'policy.allow_commands').commands

describe('a narrowed grant', () => {
  it.each([
    [
      ['git *', 'npm *'],
      ['git status', 'npm ci', 'curl'],
      ['git status', 'npm ci'],
    ],
    [['*'], ['npm ci'], ['npm ci']],
    [['npm ci'], ['*'], ['npm ci']],
    [['npm run build'], ['npm run'], ['npm run build']],
    [['git * origin'], ['git push'], ['git push origin']],
    [['git status'], ['git diff'], []],
    [['*'], [], []],
  ])('of %j by %j lists %j', (plan, allow, commands) => expect(narrowed(plan, allow)).toEqual(commands))

  it('allows exactly what both lists allow', () => {
    const token = fc.constantFrom('git', 'npm', 'push', '*', 'x')
    const pattern = fc.array(token, { minLength: 1, maxLength: 4 }).map((tokens) => tokens.join(' '))
    const argv = fc.array(fc.constantFrom('git', 'npm', 'push', 'x', 'y'), { minLength: 1, maxLength: 5 })
    const allows = (list: readonly string[], words: readonly string[]) =>
      list.includes('*') || list.some((one) => matches(one, words))
    fc.assert(
      fc.property(fc.array(pattern), fc.array(pattern), argv, (plan, allow, words) => {
        expect(allows(narrowed(plan, allow), words)).toBe(allows(plan, words) && allows(allow, words))
      }),
      { numRuns: 2000 },
    )
  })

  it('names in a denial what narrowed it', () => {
    const verdict = judge(narrowGrant(grant('*'), ['npm ci'], 'policy.allow_commands'), {
      shell: 'npm audit',
    })
    expect(verdict).toMatchObject({ allowed: false, rule: 'R8', allow: 'npm audit' })
    expect(JSON.stringify(verdict)).toContain('narrowed by policy.allow_commands')
  })
})
