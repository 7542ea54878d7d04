import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { fileLimit, launchCommand, NODE_RESERVES } from './command.ts'
import { meaningOf } from './probe.ts'

describe('What bwrap says when it cannot work', () => {
  it.each([
    ['bwrap: No permissions to create new namespace, likely because …', 'unprivileged_userns_clone'],
    [
      'bwrap: Creating new namespace failed: nesting depth or /proc/sys/user/max_*_namespaces exceeded (ENOSPC)',
      'max_user_namespaces',
    ],
    ["bwrap: Can't mount proc on /newroot/proc: Operation not permitted", 'systempaths=unconfined'],
    ['bwrap: Unknown option --disable-userns', 'doctor --fix'],
    ['/bin/sh: 1: exec: setpriv: not found', 'util-linux'],
  ])('is told with its remedy: %s', (says, remedy) => {
    expect(meaningOf(says).remedy).toContain(remedy)
  })

  it('is told as it is when nobody knows it', () => {
    expect(meaningOf('bwrap: something new\nmore').problem).toContain('something new')
  })
})

describe('The command of a sandbox', () => {
  const limits = { diskBytes: 10, memoryBytes: 20, pids: 30, cpus: 1 }
  const launch = { bwrap: 'bwrap', limits, command: ['true'] }

  it('limits memory and files per process only where nothing better holds', () => {
    const bare = launchCommand({ ...launch, uid: undefined, cgroups: [] })
    expect(bare).toEqual(expect.arrayContaining(['--nproc=30', `--data=${20 + NODE_RESERVES}`]))
    const held = launchCommand({ ...launch, uid: 200_001, cgroups: ['/c/memory'] })
    expect(held.join(' ')).not.toMatch(/--data/)
    expect(held).toEqual(expect.arrayContaining(['setpriv', '200001', '/c/memory']))
    expect(fileLimit(1025)).toBe('3\n')
    expect(fileLimit(undefined)).toBe('unlimited\n')
  })

  it('ends before it is anybody when it is told no limit of files, or none that holds', async () => {
    const [program, ...args] = launchCommand({ ...launch, bwrap: 'echo', uid: undefined, cgroups: [] })
    const ran = (line: string) => spawnSync(program, args, { input: line, encoding: 'utf8' })
    expect(ran('')).toMatchObject({ status: 1, stdout: '' })
    expect(ran('many\n')).toMatchObject({ stdout: '' })
    expect(ran('unlimited\n').stdout).toContain('--nproc=30')
  })
})
