import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openRepository } from './repository.ts'

let root = ''
beforeEach(async () => void (root = await mkdtemp(join(tmpdir(), 'repository-'))))
afterEach(() => rm(root, { recursive: true }))

const branch = () =>
  execFileSync('git', ['-C', join(root, 'app'), 'symbolic-ref', 'HEAD'], { encoding: 'utf8' })

describe('the repository of a sandbox that starts', () => {
  it('is made where there is none, and only where that is wished', async () => {
    expect(await openRepository(root, false)).toBe(false)
    expect(existsSync(join(root, 'app'))).toBe(false)
    expect(await openRepository(root, true)).toBe(true)
    expect(branch()).toBe('refs/heads/main\n')
  })

  it('is made to its end when the sandbox before was killed in the middle', async () => {
    await mkdir(join(root, 'app/.git/refs'), { recursive: true })
    await writeFile(join(root, 'app/.git/config.lock'), '')
    expect(await openRepository(root, false)).toBe(false)
    expect(await openRepository(root, true)).toBe(true)
    expect(branch()).toBe('refs/heads/main\n')
  })

  it('loses the locks of the sandbox before, and nothing else', async () => {
    await openRepository(root, true)
    const git = join(root, 'app/.git')
    await mkdir(join(git, 'refs/heads/a'))
    for (const name of ['index.lock', 'refs/heads/a/b.lock', 'objects/c.lock'])
      await writeFile(join(git, name), '')
    expect(await openRepository(root, false)).toBe(true)
    const left = ['index.lock', 'refs/heads/a/b.lock', 'objects/c.lock'].filter((name) =>
      existsSync(join(git, name)),
    )
    expect(left).toEqual(['objects/c.lock'])
  })

  it('is there also where a lock cannot be taken away, and where it is elsewhere', async () => {
    await openRepository(root, true)
    await mkdir(join(root, 'app/.git/refs/x.lock/full'), { recursive: true })
    expect(await openRepository(root, false)).toBe(true)
    await rm(join(root, 'app/.git'), { recursive: true })
    await writeFile(join(root, 'app/.git'), 'gitdir: /elsewhere\n')
    expect(await openRepository(root, true)).toBe(true)
  })
})
