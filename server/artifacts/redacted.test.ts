// What steps print and leave behind, with a secret in it: none is kept, wherever it is cut and whoever goes on.
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bytesOf } from './blob-store-contract.ts'
import { LOG_LIMIT, openTestArtifacts, place, SECRET, stream } from './test-artifacts.ts'
import type { TestArtifacts } from './test-artifacts.ts'

const MARK = '***[A_TOKEN]***'.padEnd(SECRET.length, '*')
let stage: TestArtifacts
beforeAll(async () => void (stage = await openTestArtifacts()))
afterAll(() => stage.close())

const shown = async (step: string) => (await stage.mine.log('r1', step, { offset: 0 })).text
const screen = { cols: 80, rows: 24 }

async function kept(run: string, kind: string): Promise<string> {
  const [found] = (await stage.mine.list(run)).filter((one) => one.kind === kind)
  if (found === undefined) throw new Error(`${run} has no ${kind}`)
  return (await bytesOf(stage.blobs, found)).toString()
}

describe('a secret that a step prints', () => {
  it('is a mark of its length in the log, the recording and the page, from the first moment on', async () => {
    const log = await stage.keeper.log(place('told', 'r11'))
    await log.append(0, Buffer.from(`token ${SECRET}\r\nand on\r\n`))
    const page = async () => (await stage.mine.log('r11', 'told', { offset: 0 })).text
    expect(await page()).toBe(`token ${MARK}\r\nand on\r\n`)
    await log.close(screen)
    expect(await page()).toBe(`token ${MARK}\r\nand on\r\n`)
    expect(await kept('r11', 'log')).toBe(`token ${MARK}\r\nand on\r\n`)
    expect(await kept('r11', 'recording')).toContain(MARK)
    expect(await kept('r11', 'recording')).not.toContain(SECRET.slice(8))
  })

  it('waits until it is whole, and is in no table meanwhile', async () => {
    const log = await stage.keeper.log(place('halves'))
    await log.append(0, Buffer.from(`one ${SECRET.slice(0, 20)}`))
    expect([await shown('halves'), log.length]).toEqual(['one ', 24])
    await log.append(24, Buffer.from(SECRET.slice(20)))
    expect(await shown('halves')).toBe(`one ${MARK}`)
    const rows = await stage.store.db.$client`select waiting from step_logs where step = 'halves'`
    expect(rows[0]?.['waiting']).toHaveLength(0)
  })

  it('that never becomes whole is shown in the end', async () => {
    const log = await stage.keeper.log(place('half'))
    await log.append(0, Buffer.from(`one ${SECRET.slice(0, 20)}`))
    await log.close()
    expect(await shown('half')).toBe(`one ${SECRET.slice(0, 20)}`)
  })

  it('is found across a writer that was killed, by the one who goes on', async () => {
    const first = await stage.keeper.log(place('heir'))
    await first.append(0, Buffer.from(`a ${SECRET.slice(0, 9)}`))
    const second = await stage.open().keeper.log(place('heir'))
    expect(second.length).toBe(11)
    await second.append(0, Buffer.from(`a ${SECRET} b`))
    await second.close()
    expect(await shown('heir')).toBe(`a ${MARK} b`)
  })

  it('is found wherever the text is cut, by however many writers', async () => {
    let n = 0
    const cuts = fc.array(fc.nat(400), { maxLength: 12 })
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(SECRET, SECRET.slice(0, 7), 'x', '\n')),
        cuts,
        async (texts, at) => {
          const text = Buffer.from(`${texts.join('')}.`)
          const step = `cut-${(n += 1)}`
          const log = await stage.keeper.log(place(step))
          const other = await stage.open().keeper.log(place(step))
          const ends = [...at.filter((one) => one > 0 && one < text.length), text.length].sort(
            (a, b) => a - b,
          )
          for (const [index, end] of ends.entries()) {
            const writer = index % 2 === 0 ? log : other
            const from = Math.min(writer.length, end)
            await writer.append(from, text.subarray(from, end))
          }
          await Promise.all([log.close(), other.close()])
          expect(await shown(step)).toBe(text.toString().replaceAll(SECRET, MARK))
        },
      ),
      { numRuns: 40 },
    )
  })

  it('counts towards the limit of a log as any other text', async () => {
    const log = await stage.keeper.log(place('much'))
    const half = Buffer.alloc(LOG_LIMIT / 2, 'a')
    await log.append(0, Buffer.concat([half, half.subarray(20)]))
    await log.append(LOG_LIMIT - 20, Buffer.from(SECRET))
    await log.append(log.length, Buffer.from('more'))
    await log.close()
    const { text, end } = await stage.mine.log('r1', 'much', { offset: LOG_LIMIT - 40 })
    expect(text.startsWith(`${'a'.repeat(20)}${MARK.slice(0, 20)}\r\n[chispart] `)).toBe(true)
    expect(end).toBeGreaterThan(LOG_LIMIT)
    expect(text).not.toContain('more')
  })
})

it('a secret in an artifact is a mark, and the artifact has the hash of what is kept', async () => {
  const made = await stage.keeper.add(
    { ...place('file', 'r12'), name: 'env.txt', kind: 'file', type: 'text/plain' },
    stream(`TOKEN=${SECRET}\n`),
  )
  expect(made.bytes).toBe(`TOKEN=${SECRET}\n`.length)
  expect(await kept('r12', 'file')).toBe(`TOKEN=${MARK}\n`)
})
