import { isSpecType } from '@modelcontextprotocol/server'
import type { JsonSchemaType } from '@modelcontextprotocol/server'
import { AjvJsonSchemaValidator } from '@modelcontextprotocol/server/validators/ajv'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CATALOG, doorInput } from '#dsl/catalog.ts'
import { TOOLS, findTool, toolName } from './tools.ts'

const BEHIND = CATALOG.filter(({ doors }) => doors.includes('mcp'))
const ajv = new AjvJsonSchemaValidator()
const compile = (schema: object = {}) => ajv.getValidator(schema as JsonSchemaType)
const listed = (name: string) => TOOLS.find((tool) => tool.name === name)
/** JSON of a few small values, as a model might send. */
const anything = fc.dictionary(
  fc.constantFrom(...new Set(BEHIND.flatMap((op) => Object.keys(doorInput(op).shape)))),
  fc.jsonValue({ maxDepth: 2 }),
  { maxKeys: 4 },
)

describe('the tools', () => {
  it('are the ops behind this door, each once, in the order of the catalog', () => {
    expect(TOOLS.map(({ name }) => findTool(name)?.name)).toEqual(BEHIND.map(({ name }) => name))
    expect(new Set(TOOLS.map(({ name }) => name)).size).toBe(TOOLS.length)
  })

  it('are called as their group, a dot and a verb', () => {
    expect(TOOLS.map(({ name }) => name)).toEqual(expect.arrayContaining(['shell.exec', 'git.status']))
    for (const { name } of TOOLS) expect(name).toMatch(/^[a-z]+(\.[a-z]+)+$/)
  })

  it('are found by every name of their op, with dots and without, and no two by one', () => {
    const names = BEHIND.flatMap((op) => [op.name, ...op.aliases])
    const all = [...new Set(names.flatMap((name) => [name, name.replaceAll('.', '_')]))]
    for (const op of BEHIND)
      for (const name of [op.name, ...op.aliases])
        expect([findTool(name), findTool(name.replaceAll('.', '_'))]).toEqual([op, op])
    expect(new Set(names.map((name) => name.replaceAll('.', '_'))).size).toBe(names.length)
    expect(all.length).toBeGreaterThan(BEHIND.length)
    expect([findTool('pty_open'), findTool('toString'), findTool('')]).toEqual([
      undefined,
      undefined,
      undefined,
    ])
  })

  it.each(TOOLS.map((tool) => [tool.name, tool] as const))('%s fits the specification', (_, tool) => {
    expect(isSpecType.Tool(tool)).toBe(true)
    // MCP 2025-11-25, Tool Names.
    expect(tool.name).toMatch(/^[A-Za-z0-9_.-]{1,128}$/)
    expect(tool.inputSchema).toMatchObject({ type: 'object', additionalProperties: false })
    expect(tool.outputSchema).toMatchObject({ type: 'object', properties: { ok: { const: true } } })
    expect(() => compile(tool.inputSchema)).not.toThrow()
    expect(() => compile(tool.outputSchema)).not.toThrow()
    expect(tool.description?.length).toBeGreaterThan(5)
  })

  it.each(BEHIND.map((op) => [op.name, op] as const))('%s takes what its schema takes', (_, op) => {
    const fits = compile(listed(toolName(op))?.inputSchema)
    fc.assert(
      fc.property(anything, (input) => {
        // A rule that JSON Schema cannot say may refuse more; what it refuses is never taken.
        if (!doorInput(op).safeParse(input).success) return
        expect(fits(input)).toMatchObject({ valid: !('stream' in input) || op.streams === 0 })
      }),
    )
  })

  it('say what they do to the world', () => {
    expect(listed('file.read')?.annotations).toMatchObject({ readOnlyHint: true, destructiveHint: false })
    expect(listed('workspace.remove')?.annotations).toMatchObject({
      readOnlyHint: false,
      destructiveHint: true,
    })
    expect(listed('shell.exec')?.annotations).toMatchObject({ destructiveHint: true, idempotentHint: false })
    expect(listed('file.write')?.annotations).toMatchObject({ destructiveHint: false, idempotentHint: true })
  })

  it('do not offer byte streams, which this door does not carry', () => {
    expect(Object.keys(listed('shell.exec')?.inputSchema.properties ?? {})).not.toContain('stream')
  })

  it('have room for what the door adds to an answer', () => {
    const added = ({ events }: (typeof BEHIND)[number]) => (events ? ['ok', 'stream', 'truncated'] : ['ok'])
    const taken = BEHIND.filter((op) => added(op).some((name) => name in op.output.shape))
    expect(taken.map(({ name }) => name)).toEqual([])
  })
})
