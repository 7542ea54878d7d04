import { describe, expect, it } from 'vitest'
import { judgeEnvironment } from './environment.ts'

const listed = { plan: 'basico', commands: ['git status'], terminals: false }
const libre = { plan: 'libre', commands: ['*'], terminals: true }

describe("a request's own environment", () => {
  it.each([
    'PATH',
    'BASH_ENV',
    'ENV',
    'LD_PRELOAD',
    'GIT_SSH_COMMAND',
    'NODE_OPTIONS',
    'SHLVL',
    'HOME',
    'IFS',
  ])('may not set %s in a plan that lists commands', (name) => {
    expect(judgeEnvironment(listed, { CI: 'true', [name]: 'x' })).toMatchObject({ rule: 'R5', node: name })
    expect(judgeEnvironment(libre, { [name]: 'x' })).toBeUndefined()
  })

  it('may say how a program shows its work', () => {
    expect(
      judgeEnvironment(listed, {
        CI: 'true',
        NO_COLOR: '1',
        LC_ALL: 'C',
        NODE_ENV: 'test',
        GIT_REFLOG_ACTION: 'r1/a/1',
      }),
    ).toBeUndefined()
    expect(judgeEnvironment(listed, undefined)).toBeUndefined()
  })
})
