import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ROOT } from './checkout.ts'
import { CHISPART, openStage } from './test-stage.ts'
import type { Stage } from './test-stage.ts'

let stage: Stage
beforeAll(async () => {
  stage = await openStage()
  await stage.laptop(['--plan', 'libre'])
})
afterAll(() => stage.close())

const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string }

/** A Node of the machine's own that is too old for the source. */
const oldNode = (process.env['PATH'] ?? '')
  .split(':')
  .map((folder) => join(folder, 'node'))
  .find((node) => existsSync(node) && isOld(node))

function isOld(node: string): boolean {
  const { stdout } = spawnSync(node, ['-p', 'process.versions.node'], { encoding: 'utf8' })
  const major = Number(stdout.split('.')[0])
  return major >= 20 && major < 24
}

describe('the command', () => {
  it('runs from any directory and through a link, as npx and npm link call it', async () => {
    const link = join(stage.directory, 'chispart')
    symlinkSync(CHISPART, link)
    const { stdout } = spawnSync(process.execPath, [link, '--version'], { cwd: '/', encoding: 'utf8' })
    expect(stdout).toBe(`${version}\n`)
  })

  it('runs the bundle while no source is newer, and the source otherwise', async () => {
    const root = join(stage.directory, 'checkout')
    for (const folder of ['cli', 'dsl', 'dist/cli']) mkdirSync(join(root, folder), { recursive: true })
    copyFileSync(CHISPART, join(root, 'cli/chispart.mjs'))
    writeFileSync(join(root, 'package.json'), '{"type":"module"}')
    writeFileSync(join(root, 'dist/cli/main.js'), 'console.log("bundle")')
    for (const file of ['cli/main.ts', 'dsl/op.ts']) writeFileSync(join(root, file), 'console.log("source")')
    const ran = () =>
      spawnSync(process.execPath, [join(root, 'cli/chispart.mjs')], { encoding: 'utf8' }).stdout.trim()
    const touch = (name: string, seconds: number) => utimesSync(join(root, name), seconds, seconds)
    const [before, now] = [1_000_000, 2_000_000]
    for (const name of ['cli/main.ts', 'dsl/op.ts']) touch(name, before)
    touch('dist/cli', now)
    expect(ran()).toBe('bundle')
    touch('dsl/op.ts', now + 1)
    expect(ran()).toBe('source')
    touch('dist/cli', now + 2)
    expect(ran()).toBe('bundle')
    rmSync(join(root, 'dist'), { recursive: true })
    expect(ran()).toBe('source')
  })

  it('does not break when the reader of a file leaves', async () => {
    writeFileSync(join(stage.directory, 'big'), 'line\n'.repeat(500_000))
    const child = stage.begin(['file', 'read', 'big'])
    let err = ''
    child.stderr!.on('data', (text: Buffer) => (err += text.toString()))
    child.stdout!.once('data', () => child.stdout!.destroy())
    const [code] = (await once(child, 'exit')) as [number]
    expect([code === 0 || code === 141, err]).toEqual([true, ''])
  })

  it('says which commands there are, and suggests the one that was meant', async () => {
    expect(await stage.run(['--help'])).toMatchObject({ code: 0, err: '' })
    expect(await stage.run(['exce'])).toMatchObject({ code: 64, err: expect.stringContaining('exec') })
    expect(await stage.run([])).toMatchObject({ code: 64 })
  })

  it('reports a variable that nothing reads, and refuses one that does not fit', async () => {
    const env = { CHISPART_TOKN: 'secret' }
    const noted = await stage.run(['exec', '--', 'true'], { env })
    expect(noted).toMatchObject({ code: 0, err: expect.stringContaining('CHISPART_TOKN') })
    expect(noted.err).not.toContain('secret')
    expect(await stage.run(['exec', '--', 'true'], { env: { CHISPART_URL: 'x' } })).toMatchObject({
      code: 64,
    })
  })

  it.skipIf(oldNode === undefined)(
    'hands over from an older Node: input, exit status and signals',
    async () => {
      const begin = (line: string) => spawn(oldNode ?? '', [CHISPART, 'exec', '--', line], { env: stage.env })
      const cat = begin('cat; exit 7')
      cat.stdin.end('handed over')
      const [[said], ended] = [await once(cat.stdout, 'data'), await once(cat, 'exit')]
      expect([String(said), ended]).toEqual(['handed over', [7, null]])
      const trap = begin('trap "exit 3" TERM; echo ready; while :; do sleep 0.05; done')
      await once(trap.stdout, 'data')
      trap.kill('SIGTERM')
      expect(await once(trap, 'exit')).toEqual([3, null])
    },
  )
})
