import { pino } from 'pino'
import { expect, it } from 'vitest'
import type { RunFacts } from '#server/workflow/step-runner.ts'
import { openedPull } from './opened-pull.ts'

const log = pino({ level: 'silent' })
const run = { id: 'r1' } as RunFacts
const PULL = { repo: 'acme/parity', number: 1, url: 'https://host/1', result: 'created', sha: 'a', own: true }

async function noted(answer: Record<string, unknown>): Promise<unknown[]> {
  const all: unknown[] = []
  const opened = (_: RunFacts, { repo, sha }: { repo: string; sha: string }) =>
    Promise.resolve(void all.push([repo, sha]))
  await openedPull({ checks: { opened }, log }, run, answer)
  return all
}

it('the commit of a pull request that a step made is to hear of the run', async () => {
  expect(await noted(PULL)).toEqual([['acme/parity', 'a']])
  expect(await noted({ ...PULL, result: 'found' })).toEqual([['acme/parity', 'a']])
})

it("a person's pull request, and what is none, hear nothing", async () => {
  expect(await noted({ ...PULL, result: 'found', own: false })).toEqual([])
  expect(await noted({})).toEqual([])
})

it('no step fails of it, but by a database that is away, after which it is done again', async () => {
  const failing = (error: Error) => ({ checks: { opened: () => Promise.reject(error) }, log })
  await openedPull(failing(new Error('a row is refused')), run, PULL)
  const away = Object.assign(new Error('gone'), { code: 'CONNECTION_CLOSED' })
  await expect(openedPull(failing(away), run, PULL)).rejects.toBe(away)
  await openedPull({ log }, run, PULL)
})
