import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const PARTS = [
  ...['dsl', 'runtime', 'server', 'cli', 'infra', 'package.json', 'vitest.config.ts', 'tsconfig.base.json'],
  ...['API-RPC.md', 'API.md'],
]
let copy: string

beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), 'chispart-new-'))
  for (const part of PARTS) cpSync(ROOT + part, join(copy, part), { recursive: true })
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'))
})
afterAll(() => rmSync(copy, { recursive: true, force: true }))

function run(...argv: string[]): { status: number | null; said: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, argv, { cwd: copy, encoding: 'utf8' })
  return { status, said: stdout + stderr }
}

describe('npm run new op', () => {
  it('makes an op that type-checks, passes its test and the catalog’s, and enters the documents', () => {
    expect(run('infra/scripts/new.ts', 'op', 'demo.echo')).toMatchObject({ status: 0 })
    expect(run('node_modules/typescript/bin/tsc', '-p', 'dsl')).toEqual({ status: 0, said: '' })
    const tests = run('node_modules/vitest/vitest.mjs', 'run', 'dsl/ops/demo', 'dsl/catalog.test.ts')
    expect(tests).toMatchObject({ status: 0 })

    const stale = run('infra/scripts/docs.ts', '--check')
    expect(stale).toMatchObject({ status: 1, said: expect.stringContaining('API-RPC.md is stale') })
    expect(run('infra/scripts/docs.ts')).toMatchObject({ status: 0 })
    expect(run('infra/scripts/docs.ts', '--check')).toEqual({ status: 0, said: '' })
    expect(readFileSync(join(copy, 'API-RPC.md'), 'utf8')).toContain('### `demo.echo`')
  })

  it('refuses a name that is no op, and one that is there', () => {
    expect(run('infra/scripts/new.ts', 'op', '../escape')).toMatchObject({ status: 64 })
    expect(run('infra/scripts/new.ts', 'op', 'file.read')).toMatchObject({
      status: 64,
      said: expect.stringContaining('there already'),
    })
  })
})
