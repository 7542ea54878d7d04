import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { op } from './op.ts'
import type { Op } from './op.ts'
import { perform } from './perform.ts'

const signal = new AbortController().signal
const silent = () => Promise.resolve()

const double = op({
  name: 'demo.double',
  summary: 'Double a number',
  needs: [],
  runs: 'control',
  effect: 'read',
  input: z.object({ n: z.int() }),
  output: z.object({ n: z.int() }),
  run: (powers, { n }) => Promise.resolve({ n: n * 2, powers: Object.keys(powers) }),
}) as unknown as Op

describe('perform', () => {
  it('checks the input, runs, and answers with what the schema names', async () => {
    expect(await perform(double, { signal }, { n: 21 }, silent)).toEqual({ n: 42 })
  })

  it('names every field that is wrong', async () => {
    const call = perform(double, { signal }, { n: 'x' }, silent)
    await expect(call).rejects.toMatchObject({ code: 'invalid', data: { problems: [{ field: 'n' }] } })
  })

  it('faults when the op answers outside its own schema', async () => {
    const broken = { ...double, run: () => Promise.resolve({ n: 'x' }) }
    await expect(perform(broken, { signal }, { n: 1 }, silent)).rejects.toMatchObject({ code: 'internal' })
  })

  it('hands over the declared powers and nothing else', async () => {
    const seen: string[] = []
    const nosy = {
      ...double,
      run: (powers: object) => {
        seen.push(...Object.keys(powers))
        return Promise.resolve({ n: 1 })
      },
    }
    await perform(nosy, { signal, files: {} as never, exec: {} as never }, { n: 1 }, silent)
    expect(seen).toEqual(['signal'])
  })

  it('refuses to run an op whose power is not granted', async () => {
    const needy = { ...double, needs: ['exec'] as const }
    await expect(perform(needy, { signal }, { n: 1 }, silent)).rejects.toMatchObject({ code: 'internal' })
  })

  it('does not start when the caller has already left', async () => {
    const gone = AbortSignal.abort(new Error('gone'))
    await expect(perform(double, { signal: gone }, { n: 1 }, silent)).rejects.toThrow('gone')
  })
})
