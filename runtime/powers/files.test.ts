import { execFileSync } from 'node:child_process'
import { realpathSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rename, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { CONTENT_MAX } from '#dsl/ops/file/fields.ts'
import { filesPower } from './files.ts'
import { inJail } from './jail.ts'

async function start() {
  const base = realpathSync(await mkdtemp(join(tmpdir(), 'files-')))
  const [root, out, also] = [join(base, 'work'), join(base, 'out'), join(base, 'also')]
  for (const dir of [join(root, 'app'), out, also]) await mkdir(dir, { recursive: true })
  await writeFile(join(out, 'secret'), 'outside')
  const jail = { roots: [root, also], home: join(root, 'app') }
  return { jail, files: filesPower(jail), home: jail.home, root, out, also }
}

describe('the files of a workspace', () => {
  it('writes, reads, lists, moves and removes, from the repository on', async () => {
    const { files, home, also } = await start()
    const { sha256 } = await files.write('a/b/ñ.txt', 'héllo', { parents: true })
    expect(await files.read('/repo/a/b/ñ.txt')).toEqual({
      path: join(home, 'a/b/ñ.txt'),
      content: 'héllo',
      encoding: 'utf8',
      size: 6,
      sha256,
    })
    expect(await files.read('a/b/ñ.txt', { offset: 3, length: 2 })).toMatchObject({ content: 'll', sha256 })
    await files.move('a/b/ñ.txt', '/work/app/moved')
    expect((await files.list('.')).map(({ name, type }) => `${type} ${name}`)).toEqual([
      'directory a',
      'file moved',
    ])
    await files.write(join(also, 'x'), 'y')
    expect((await files.stat(join(also, 'x'))).size).toBe(1)
    await expect(files.remove('a')).rejects.toMatchObject({ code: 'conflict' })
    await files.remove('a', { recursive: true })
    await expect(files.stat('a')).rejects.toMatchObject({ code: 'not_found' })
    expect(await files.mkdir('p/q/r', { parents: true })).toMatchObject({ type: 'directory', name: 'r' })
    await expect(files.mkdir('p')).rejects.toMatchObject({ code: 'conflict' })
  })

  it('carries bytes by base64, and refuses to pass them off as text', async () => {
    const { files } = await start()
    const content = Buffer.from([0, 255, 254]).toString('base64')
    await files.write('raw', content, { encoding: 'base64' })
    expect(await files.read('raw', { encoding: 'base64' })).toMatchObject({ content, size: 3 })
    await expect(files.read('raw')).rejects.toMatchObject({ code: 'invalid' })
  })

  it('reads a file that is larger than one call in parts only', async () => {
    const { files, home } = await start()
    await writeFile(join(home, 'big'), Buffer.alloc(CONTENT_MAX + 1, 'x'))
    await expect(files.read('big')).rejects.toMatchObject({ code: 'too_large' })
    expect((await files.read('big', { offset: CONTENT_MAX, length: 10 })).content).toBe('x')
  })

  it("refuses to overwrite somebody else's change, or what a move would bury", async () => {
    const { files, home } = await start()
    const { sha256 } = await files.write('f', 'one')
    await writeFile(join(home, 'f'), 'two')
    await expect(files.write('f', 'three', { ifSha256: sha256 })).rejects.toMatchObject({ code: 'conflict' })
    await files.write('g', 'g')
    await expect(files.move('g', 'f')).rejects.toMatchObject({ code: 'conflict' })
    await files.move('g', 'f', { overwrite: true })
    expect((await files.read('f')).content).toBe('g')
  })

  it('replaces a file whole, keeps its permission bits, and leaves nothing beside it', async () => {
    const { files, home } = await start()
    await writeFile(join(home, 'run.sh'), 'old', { mode: 0o755 })
    const { ino } = await stat(join(home, 'run.sh'))
    const old = await files.write('run.sh', 'new')
    expect(old.mode).toBe('755')
    expect((await stat(join(home, 'run.sh'))).ino).not.toBe(ino)
    expect(await readdir(home)).toEqual(['run.sh'])
  })

  it('lets no path out: not by "..", by an absolute path, nor by a link', async () => {
    const { files, home, out } = await start()
    await symlink(out, join(home, 'dir'))
    await symlink(join(out, 'secret'), join(home, 'file'))
    await symlink('/proc/self/environ', join(home, 'env'))
    for (const path of [
      '../../out/secret',
      '/repo/../../out/secret',
      join(out, 'secret'),
      'dir/secret',
      'file',
      'env',
    ]) {
      await expect(files.read(path), path).rejects.toMatchObject({ code: 'denied' })
      await expect(files.write(path, 'x'), path).rejects.toMatchObject({ code: 'denied' })
    }
    for (const path of ['../../out', out, 'dir'])
      await expect(files.list(path), path).rejects.toMatchObject({ code: 'denied' })
    await expect(files.move('file', '../../out/moved')).rejects.toMatchObject({ code: 'denied' })
    await expect(files.mkdir('dir/x', { parents: true })).rejects.toMatchObject({ code: 'denied' })
    await expect(files.write('dir/x/y', '', { parents: true })).rejects.toMatchObject({ code: 'denied' })
    await expect(files.remove('dir/secret')).rejects.toMatchObject({ code: 'denied' })
    await expect(files.remove('/work/app/..', { recursive: true })).rejects.toMatchObject({ code: 'denied' })
    await files.remove('dir', { recursive: true })
    expect(await readdir(out)).toEqual(['secret'])
    expect(await readFile(join(out, 'secret'), 'utf8')).toBe('outside')
  })

  it('is not led out by a directory that is swapped for a link between look and touch', async () => {
    const { jail, home, out } = await start()
    await mkdir(join(home, 'd'))
    await inJail(jail, 'd/f', async (safe) => {
      await rename(join(home, 'd'), join(home, 'gone'))
      await symlink(out, join(home, 'd'))
      await writeFile(safe, 'inside')
    })
    expect(await readdir(out)).toEqual(['secret'])
    expect(await readFile(join(home, 'gone/f'), 'utf8')).toBe('inside')
  })

  it('follows a link that stays inside, and writes through it', async () => {
    const { files, home } = await start()
    await files.write('real', 'one')
    await symlink('real', join(home, 'link'))
    await files.write('link', 'two')
    expect((await files.read('link')).content).toBe('two')
    expect((await files.stat('link')).type).toBe('symlink')
    expect((await files.read('real')).content).toBe('two')
  })

  it('does not wait at a pipe', async () => {
    const { files, home } = await start()
    execFileSync('mkfifo', [join(home, 'pipe')])
    await expect(files.read('pipe')).rejects.toMatchObject({ code: 'conflict' })
  })
})
