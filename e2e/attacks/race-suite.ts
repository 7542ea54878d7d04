// The races of races.ts over a server: a loop in the sandbox swaps, the ops go on, and nothing of outside is seen or touched.
import { describe, expect, it } from 'vitest'
import { codeOf } from '#e2e/stage/attacked.ts'
import type { Attacked } from '#e2e/stage/attacked.ts'
import { runsOverHttp } from '#e2e/stage/runs.ts'
import { LEAVES, LEFT, OUTSIDE, RACES } from './races.ts'

const TRIES = 120
const FOLDER = '/work/races'
const LONG = { timeout: 90_000 }

export function raceSuite(at: () => Attacked): void {
  describe('a link that changes', () => {
    it.each(RACES)('leads nobody out: $name', LONG, async ({ prepare, swap, op, input, never }) => {
      const { owner, run } = at()
      await run('evil', `mkdir -p ${FOLDER}; cd ${FOLDER}; rm -rf -- *; ${prepare}`)
      const racing = run('evil', `cd ${FOLDER}; while [ ! -e stop ]; do ${swap}; done`, 60_000)
      const ways = Object.entries(input).map(([key, value]) =>
        ['path', 'from', 'to'].includes(key) ? [key, `${FOLDER}/${String(value)}`] : [key, value],
      )
      const seen = new Map<string, number>()
      const leaks: unknown[] = []
      for (let n = 0; n < TRIES; n++) {
        const answer = await owner.call(op, {
          workspace: 'evil',
          ...(Object.fromEntries(ways) as Record<string, unknown>),
        })
        const code = codeOf(answer)
        seen.set(code, (seen.get(code) ?? 0) + 1)
        if (code === 'ok' && never.test(JSON.stringify(answer))) leaks.push(answer)
      }
      await owner.call('file.write', { workspace: 'evil', path: `${FOLDER}/stop`, content: '' })
      await racing
      expect(leaks).toEqual([])
      expect(await run('evil', OUTSIDE.command)).toBe(OUTSIDE.whole)
      // The loop was met in more than one of its moments, or it was no race.
      expect(seen.size, JSON.stringify([...seen])).toBeGreaterThan(1)
      expect(seen.get('internal')).toBeUndefined()
    })

    it('is no artifact, nor is what it leads to', LONG, async () => {
      const runs = runsOverHttp(at().server)
      const { id } = await runs.ended({ text: LEAVES })
      const files = await runs.files(id)
      const names = Object.keys(files)
      expect(names.filter((name) => name.endsWith('/fine'))).toHaveLength(4)
      expect(names.filter((name) => !/\/(?:fine|r|t)$/.test(name))).toEqual([])
      for (const [name, text] of Object.entries(files)) {
        expect([name, LEFT.never.test(text)]).toEqual([name, false])
        expect([name, text]).toEqual([
          name,
          name.endsWith('/fine') ? LEFT.fine : expect.stringMatching(/^(?:in\n)?$/),
        ])
      }
    })
  })
}
