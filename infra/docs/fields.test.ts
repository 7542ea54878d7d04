import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { fieldTable } from './fields.ts'
import { fill } from './fill.ts'

describe('a field table', () => {
  it('says type, default and meaning of every field', () => {
    const schema = z.object({
      limit: z.int().min(1).max(9).default(5).describe('How many'),
      mode: z.enum(['a', 'b']),
      names: z.array(z.string()).optional(),
    })
    expect(fieldTable(schema, 'input', '').split('\n').slice(2)).toEqual([
      '| `limit` | `integer` | `5` | How many; 1 to 9 |',
      '| `mode` | `"a" \\| "b"` | required |  |',
      '| `names` | `string[]` | optional |  |',
    ])
  })

  it('writes nested answers as TypeScript would', () => {
    const schema = z.object({ at: z.array(z.object({ x: z.int(), y: z.int().optional() })) })
    expect(fieldTable(schema, 'output', '')).toContain('`{ x: integer, y?: integer }[]`')
  })
})

describe('a template', () => {
  it('takes every value once and refuses a name that nobody gives, and a value that it does not use', () => {
    expect(fill('a {{b}} c', { b: 'x' })).toBe('a x c')
    expect(() => fill('{{b}}', {})).toThrow('{{b}}')
    expect(() => fill('', { b: 'x' })).toThrow('b')
  })
})
