import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { execFile } from 'node:child_process'
import { cp, mkdtemp, readFile, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { CATALOG } from '#dsl/catalog.ts'
import { COMPILED } from '#runtime/compiled.ts'
import { linkOf, sendCall, startRuntime } from '#runtime/test-main.ts'
import { AGENT_UID } from '#server/fleet/drivers/bubblewrap/toolbox.ts'
import { NODE_FLAGS } from '#server/fleet/runtime-command.ts'
import { buildRuntime } from './build-runtime.ts'

/** Bytes that a sandbox reads before it serves. With the whole catalog they are 900 000, and 30 ms more. */
const BUDGET = 420_000
const names = CATALOG.filter(({ runs }) => runs === 'workspace').flatMap(({ name, aliases }) => [
  name,
  ...aliases,
])
let folder = ''
let out = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bundle-'))
  out = join(folder, 'runtime')
  await buildRuntime(resolve('runtime/main.ts'), out)
})
afterAll(() => rm(folder, { recursive: true }))

/** What a file loads at once, and so on down; a chunk that is loaded later, in a promise, is not among them. */
async function readAtOnce(name: string, seen = new Map<string, string>()): Promise<Map<string, string>> {
  if (seen.has(name)) return seen
  const text = await readFile(join(out, name), 'utf8')
  seen.set(name, text)
  for (const [, next = ''] of text.matchAll(/(?<!=>)require\("\.\/([^"]+)"\)/g)) await readAtOnce(next, seen)
  return seen
}

/** All that is loaded before the first call: main.js, and what it goes on with. */
async function readAtStart(): Promise<string[]> {
  const files = await readAtOnce('main.js')
  const later = [...(files.get('main.js') ?? '').matchAll(/=>require\("\.\/([^"]+)"\)/g)]
  for (const [, name = ''] of later) await readAtOnce(name, files)
  return [...files.values()]
}

describe('the bundle of the runtime', () => {
  it('says hello before it has read a schema', async () => {
    const texts = [...(await readAtOnce('main.js')).values()].join('')
    expect(texts).toContain('hello')
    expect(texts).not.toContain('ZodString')
  })

  it('is compiled ahead: V8 takes the code under the flags of a sandbox, and its agent may read it', async () => {
    const [name = ''] = await readdir(join(out, COMPILED))
    expect(name).toMatch(new RegExp(`-${AGENT_UID}$`))
    const directory = join(out, COMPILED)
    const own = join(directory, name.replace(`${AGENT_UID}`, `${process.getuid?.() ?? ''}`))
    await cp(join(directory, name), own, { recursive: true })
    for (const file of await readdir(own)) expect((await stat(join(own, file))).mode & 0o777).toBe(0o644)
    const schemas = (await readdir(out)).find((file) => file.startsWith('schemas-')) ?? ''
    const program = `
      require('node:module').enableCompileCache({ directory: '${directory}', portable: true })
      require('${join(out, schemas)}')`
    const env = { NODE_DEBUG_NATIVE: 'COMPILE_CACHE' }
    const { stderr } = await promisify(execFile)(process.execPath, [...NODE_FLAGS, '-e', program], { env })
    expect(stderr).toContain(`${schemas} was accepted`)
  })

  it('reads little before its first call: no op, and no language of workflows', async () => {
    const texts = (await readAtStart()).join('')
    expect(texts).toContain('openSandbox')
    expect(texts.length).toBeLessThan(BUDGET)
    for (const op of CATALOG) expect(texts).not.toContain(op.summary)
    for (const file of (await readdir(out)).filter((file) => file.endsWith('.js')))
      expect([file, await readFile(join(out, file), 'utf8')]).toEqual([
        file,
        expect.not.stringContaining('YAML'),
      ])
  })

  it('performs every op of a workspace by its name and aliases, and no other', async () => {
    const runtime = await startRuntime(join(out, 'main.js'))
    try {
      const { link, next } = await linkOf(runtime.server)
      await next()
      const answer = async (op: string) => {
        // Nothing that an op takes, and no command allowed: most answer that this does not fit.
        sendCall(link, op, { nothing: true }, [])
        for (;;) {
          const frame = await next()
          if ('ok' in frame) return frame
        }
      }
      const unknown = { ok: false, error: { message: expect.stringContaining('does not know the op') } }
      for (const op of names) expect(await answer(op)).not.toMatchObject(unknown)
      for (const op of ['workspace.list', 'no.such', 'constructor', '__proto__'])
        expect(await answer(op)).toMatchObject(unknown)
    } finally {
      await runtime.end()
    }
  })
})
