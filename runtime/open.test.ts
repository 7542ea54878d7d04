import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

let root = ''
beforeEach(async () => void (root = await mkdtemp(join(tmpdir(), 'repository-'))))
afterEach(() => rm(root, { recursive: true }))

/** What the program that the shell becomes is told. */
const open = (wish: 'make' | 'find') =>
  execFileSync('/bin/sh', [resolve('runtime/open.sh'), wish, 'echo', 'a b'], { cwd: root, encoding: 'utf8' })

const branch = () =>
  execFileSync('git', ['-C', join(root, 'app'), 'symbolic-ref', 'HEAD'], { encoding: 'utf8' })

describe('the repository of a sandbox that starts', () => {
  it('is made where there is none, and only where that is wished', async () => {
    expect(open('find')).toBe('a b no\n')
    expect(existsSync(join(root, 'app'))).toBe(false)
    expect(open('make')).toBe('a b yes\n')
    expect(branch()).toBe('refs/heads/main\n')
  })

  it('is made to its end when the sandbox before was killed in the middle', async () => {
    await mkdir(join(root, 'app/.git/refs'), { recursive: true })
    await writeFile(join(root, 'app/.git/config.lock'), '')
    expect(open('find')).toBe('a b no\n')
    expect(open('make')).toBe('a b yes\n')
    expect(branch()).toBe('refs/heads/main\n')
  })

  it('loses the locks of the sandbox before, and nothing else', async () => {
    open('make')
    const git = join(root, 'app/.git')
    await mkdir(join(git, 'refs/heads/a'))
    for (const name of ['index.lock', 'refs/heads/a/b.lock', 'objects/c.lock'])
      await writeFile(join(git, name), '')
    expect(open('find')).toBe('a b yes\n')
    const left = ['index.lock', 'refs/heads/a/b.lock', 'objects/c.lock'].filter((name) =>
      existsSync(join(git, name)),
    )
    expect(left).toEqual(['objects/c.lock'])
  })

  it('is there also where a lock cannot be taken away, and where it is elsewhere', async () => {
    open('make')
    await mkdir(join(root, 'app/.git/refs/x.lock/full'), { recursive: true })
    expect(open('find')).toBe('a b yes\n')
    await rm(join(root, 'app/.git'), { recursive: true })
    await writeFile(join(root, 'app/.git'), 'gitdir: /elsewhere\n')
    expect(open('make')).toBe('a b yes\n')
  })
})
