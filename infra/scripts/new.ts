// `npm run new op demo.echo`: an op, its test and its catalog line, ready to run. It never overwrites a file.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const CATALOG = `${ROOT}dsl/catalog.ts`
const NAME = /^[a-z][a-z0-9]*(\.[a-z][a-z0-9]*)+$/

const [kind, name = ''] = process.argv.slice(2)
if (kind !== 'op' || !NAME.test(name)) stop('Usage: npm run new op <noun.verb>, in lower case: demo.echo')

const path = name.replaceAll('.', '/')
const constant = name.replace(/\.(.)/g, (_, letter: string) => letter.toUpperCase())
const file = `${ROOT}dsl/ops/${path}.ts`
if (existsSync(file)) stop(`dsl/ops/${path}.ts is there already.`)

mkdirSync(dirname(file), { recursive: true })
writeFileSync(file, opSource())
writeFileSync(file.replace(/\.ts$/, '.test.ts'), testSource())
writeFileSync(CATALOG, addToCatalog(readFileSync(CATALOG, 'utf8')))
console.log(`Wrote dsl/ops/${path}.ts, its test, and a line in dsl/catalog.ts. Then: npm run docs`)

function opSource(): string {
  return `// ${name}: answers what it is told.
import { z } from 'zod'
import { op } from '#dsl/op.ts'

export const ${constant} = op({
  name: '${name}',
  summary: 'Answer with the text that was sent',
  needs: [],
  runs: 'control',
  effect: 'read',
  input: z.object({ text: z.string().max(1000).describe('What to say back') }),
  output: z.object({ text: z.string() }),
  run: (_powers, { text }) => Promise.resolve({ text }),
})
`
}

function testSource(): string {
  return `import { describe, expect, it } from 'vitest'
import { call } from '#dsl/powers/fake/call.ts'

describe('${name}', () => {
  it('answers with the text that was sent', async () => {
    expect(await call('${name}', {}, { text: 'hello' })).toEqual({ text: 'hello' })
  })

  it('refuses a field that it does not name', async () => {
    await expect(call('${name}', {}, { words: 'hello' })).rejects.toMatchObject({ code: 'invalid' })
  })
})
`
}

/** The import and the entry, each where the alphabet puts it: the catalog's order is that of the op names. */
function addToCatalog(source: string): string {
  const imported = insertSorted(
    source,
    /^import \{ \w+ \} from '\.\/ops\/(.+)\.ts'$/,
    `import { ${constant} } from './ops/${path}.ts'`,
    path,
    (found) => found,
  )
  return insertSorted(imported, /^ {2}(\w+),$/, `  ${constant},`, name, dotted)
}

/** `fileList` as `file.list`: the catalog's constants are its names in camel case. */
function dotted(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => `.${letter.toLowerCase()}`)
}

function insertSorted(
  source: string,
  pattern: RegExp,
  line: string,
  key: string,
  keyOf: (found: string) => string,
): string {
  const lines = source.split('\n')
  const known = lines.flatMap((text, at) => {
    const found = pattern.exec(text)?.[1]
    return found === undefined || found.endsWith('fields') ? [] : [{ at, key: keyOf(found) }]
  })
  const next = known.find((entry) => entry.key > key)
  const last = known.at(-1)
  if (last === undefined) return stop('dsl/catalog.ts has no ops to stand beside.')
  lines.splice(next?.at ?? last.at + 1, 0, line)
  return lines.join('\n')
}

function stop(line: string): never {
  console.error(line)
  process.exit(64)
}
