import { describe, expect, it } from 'vitest'
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { CATALOG } from './catalog.ts'

const OPS = fileURLToPath(new URL('ops/', import.meta.url))
const sources = readdirSync(OPS, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'))
const defining = sources.filter((file) => /^export const \w+ = op\(/m.test(readFileSync(OPS + file, 'utf8')))

describe('the catalog', () => {
  it('holds every op that a file defines, under the name of its path, in the order of the alphabet', () => {
    const paths = defining.map((file) => file.replace(/\.ts$/, '').replaceAll('/', '.'))
    expect(CATALOG.map(({ name }) => name)).toEqual(paths.sort())
  })

  it('gives every op a test of its own', () => {
    const untested = defining.filter((file) => !existsSync(OPS + file.replace(/\.ts$/, '.test.ts')))
    expect(untested).toEqual([])
  })

  it('names no field of an answer as the frame around it does', () => {
    const taken = CATALOG.filter(({ output }) => ['id', 'ok', 'error'].some((name) => name in output.shape))
    expect(taken.map(({ name }) => name)).toEqual([])
  })

  it('uses no name or alias twice', () => {
    const names = CATALOG.flatMap(({ name, aliases }) => [name, ...aliases])
    expect(new Set(names).size).toBe(names.length)
  })

  it.each(CATALOG.map(({ name, summary }) => [name, summary]))(
    'sums up %s in one short sentence',
    (_, summary) => {
      expect(summary).toMatch(/^[A-Z][^\n]{3,79}[^.\s]$/)
    },
  )
})
