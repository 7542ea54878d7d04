import { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { op } from '#dsl/op.ts'
import type { Op } from '#dsl/op.ts'
import { commandOf } from './derive.ts'

const demo = op({
  name: 'demo.op',
  summary: 'Try the flags',
  needs: [],
  runs: 'control',
  effect: 'write',
  input: z.object({
    name: z.string(),
    count: z.int().default(3).describe('How many'),
    kind: z.enum(['a', 'b']).optional(),
    paths: z.array(z.string()).optional(),
    deepScan: z.boolean().default(false),
    follow: z.boolean().default(true),
    agree: z.boolean(),
    extra: z.record(z.string(), z.number()).optional(),
  }),
  output: z.object({}),
  run: async () => ({}),
}) as unknown as Op

async function inputFor(...args: string[]): Promise<unknown> {
  let seen: unknown
  const root = new Command().exitOverride().configureOutput({ writeErr: () => undefined })
  const command = commandOf(demo, 'op', async (_, input) => void (seen = input))
  root.addCommand(command.exitOverride().configureOutput({ writeErr: () => undefined }))
  await root.parseAsync(['op', ...args], { from: 'user' })
  return seen
}

describe("an op's fields on a command line", () => {
  it("are typed by place when required, by name when not, and the op's to decide when not typed", async () => {
    expect(await inputFor('x', '--agree')).toEqual({ name: 'x', agree: true, follow: true })
  })

  it('become what the schema says: numbers, lists, choices, yes and no, JSON', async () => {
    const typed = [
      '--count',
      '7',
      '--kind',
      'b',
      '--paths',
      'a',
      'b',
      '--deep-scan',
      '--no-follow',
      '--no-agree',
    ]
    expect(await inputFor('x', ...typed, '--extra', '{"n":1}')).toEqual({
      name: 'x',
      count: 7,
      kind: 'b',
      paths: ['a', 'b'],
      deepScan: true,
      follow: false,
      agree: false,
      extra: { n: 1 },
    })
  })

  it('are refused before anything is sent when they cannot be that', async () => {
    for (const args of [
      ['x', '--agree', '--count', 'many'],
      ['x', '--agree', '--kind', 'c'],
      ['x', '--agree', '--extra', '{'],
      ['--agree'],
      ['x'],
      ['x', '--agree', '--unknown'],
    ])
      await expect(inputFor(...args), args.join(' ')).rejects.toThrow()
  })
})
