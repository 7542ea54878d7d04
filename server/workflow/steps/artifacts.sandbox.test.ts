import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openStage } from './test-stage.ts'
import type { Stage } from './test-stage.ts'

let stage: Stage
beforeAll(async () => {
  stage = await openStage()
})
afterAll(() => stage.close())

let attempts = 0
async function kept(cmd: string, artifacts: string) {
  const yaml = `name: Demo\nsteps:\n  - id: build\n    uses: shell.exec\n    with:\n      cmd: ${JSON.stringify(cmd)}\n    artifacts: ${artifacts}\n`
  const call = stage.callOf(yaml, { attempt: ++attempts })
  const end = await stage.run(call)
  const all = (await stage.artifacts.mine.list('r1')).filter(({ attempt }) => attempt === call.attempt)
  const files = all.filter(({ kind }) => kind !== 'log')
  return { call, end, files, names: files.map(({ name }) => name).sort() }
}

describe('the artifacts of a step', () => {
  it('are its files byte for byte, under their paths, and node_modules and links are none', async () => {
    const cmd =
      'mkdir -p dist/sub node_modules/x; head -c 7000000 /dev/zero > dist/big.bin; echo a > dist/sub/a.txt; echo n > node_modules/x/n.txt; ln -sf /etc/passwd dist/passwd; sha256sum dist/big.bin'
    const { end, files, names } = await kept(cmd, '["dist/**", "**/*.txt"]')
    expect(names).toEqual(['dist/big.bin', 'dist/sub/a.txt'])
    const [big, text] = [...files].sort((a, b) => b.bytes - a.bytes)
    expect(big).toMatchObject({ bytes: 7_000_000, type: 'application/octet-stream' })
    expect(String(end.output)).toContain(big?.sha256)
    expect(text).toMatchObject({
      type: 'text/plain',
      sha256: createHash('sha256').update('a\n').digest('hex'),
    })
  })

  it('carry the name that the step gives them', async () => {
    const { names } = await kept('mkdir -p out; echo 1 > out/one.txt', '{ name: result, path: out/one.txt }')
    expect(names).toEqual(['result'])
    const more = await kept('echo 2 > out/two.txt', '{ name: results, path: [out, "!out/one.*"] }')
    expect(more.names).toEqual(['results'])
  })

  it('are kept by how the step ended', async () => {
    const artifacts = '[{ path: out/one.txt, when: success }, { path: out/two.txt, when: failure }]'
    expect((await kept('true', artifacts)).names).toEqual(['out/one.txt'])
    const { end, names } = await kept('exit 3', artifacts)
    expect([end, names]).toMatchObject([{ ok: false, failure: { exitCode: 3 } }, ['out/two.txt']])
  })

  it('that match nothing are said in the log', async () => {
    const { call, end } = await kept('echo done', 'nowhere/*.zip')
    expect(end).toMatchObject({ ok: true, output: 'done' })
    expect(await stage.log(call)).toBe('done\nNo file matches the artifact nowhere/*.zip.\n')
  })

  it('lead out of the workspace by no path', async () => {
    const { end, names } = await kept('true', '/etc/passwd')
    expect(names).toEqual([])
    expect(end).toMatchObject({ ok: false, failure: { fault: 'denied' } })
  })

  it('have the report of its op among them, also when tests failed', async () => {
    await kept(
      `echo '{"scripts":{"test":"node --test"}}' > package.json; echo "require('node:assert').equal(1, 2)" > a.test.js`,
      '[]',
    )
    const reportOf = async (uses: string) => {
      const yaml = `name: Demo\nsteps:\n  - id: check\n    uses: ${uses}\n`
      const call = stage.callOf(yaml, { attempt: ++attempts })
      const { ok } = await stage.run(call)
      const mine = (await stage.artifacts.mine.list('r1')).filter(({ attempt }) => attempt === call.attempt)
      return { ok, reports: mine.filter(({ kind }) => kind !== 'log') }
    }
    expect(await reportOf('tests.run')).toMatchObject({
      ok: false,
      reports: [{ name: 'tests.xml', kind: 'report', type: 'application/xml' }],
    })
    expect(await reportOf('qa.review')).toMatchObject({
      ok: true,
      reports: [{ name: 'review.sarif', kind: 'report', type: 'application/sarif+json' }],
    })
  })
})
