import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Detached } from '#server/workflow/step-runner.ts'
import type { StepCall } from '#server/workflow/step-runner.ts'
import { openStage } from './test-stage.ts'
import type { Stage } from './test-stage.ts'

let stage: Stage
beforeAll(async () => {
  stage = await openStage()
})
afterAll(() => stage.close())

let attempts = 0
const fresh = (cmd: string) =>
  stage.callOf(
    `name: Demo\nsteps:\n  - id: build\n    uses: shell.exec\n    with:\n      cmd: ${JSON.stringify(cmd)}\n`,
    { attempt: ++attempts },
  )

/** Once, whatever happens: it says so in a file of the workspace. */
const counted = (cmd: string) => `echo once >> /work/count-$$; ${cmd}; cat /work/count-$$`
const LINES = 20_000
const lines = Array.from({ length: LINES }, (_, n) => `línea ${n + 1} ✓\n`).join('')
const print = `for i in $(seq ${LINES}); do echo "línea $i ✓"; done`
const logOf = (call: StepCall) => stage.log(call).catch(() => '')
/** Goes on when a second command says so. */
const gate = (name: string) => `until test -e /work/${name}; do sleep 0.02; done`
const open = async (name: string) => void (await stage.run(fresh(`touch /work/${name}`)))

async function cut(): Promise<void> {
  const [row] = await stage.server.fleet.list('ana')
  if (row === undefined) throw new Error('there is no workspace')
  const link = await stage.server.hub.link(row.id, 5000)
  link.close()
}

describe('a step whose link breaks', () => {
  it('has every byte exactly once, however often it is cut', async () => {
    const call = fresh(counted(print))
    const end = stage.run(call)
    for (const least of [1, 40_000, 120_000]) {
      await expect
        .poll(async () => Buffer.byteLength(await logOf(call)), { interval: 5 })
        .toBeGreaterThan(least)
      await cut()
    }
    expect(await end).toMatchObject({ ok: true })
    expect((await stage.log(call)) === `${lines}once\n`).toBe(true)
  })
})

describe('a step whose server dies', () => {
  it('is joined by the next one: run once, and every byte exactly once', async () => {
    const call = fresh(counted(`${print}; ${gate('a')}`))
    void stage.run(call)
    await expect
      .poll(async () => Buffer.byteLength(await logOf(call)), { interval: 5 })
      .toBeGreaterThan(50_000)
    await stage.restart()
    const end = stage.run(call)
    await open('a')
    const result = await end
    expect((await stage.log(call)) === `${lines}once\n`).toBe(true)
    expect(
      result.output ===
        Buffer.from(lines)
          .subarray(0, 65_536)
          .toString()
          .replace(/\ufffd$/, '')
          .trim(),
    ).toBe(true)
  })

  it('has its whole output, also what was read before', async () => {
    const call = fresh(`echo before; ${gate('b')}; echo after; exit 4`)
    void stage.run(call)
    await expect.poll(() => logOf(call)).toBe('before\n')
    await stage.restart()
    const end = stage.run(call)
    await open('b')
    expect(await end).toMatchObject({ ok: false, failure: { exitCode: 4 }, output: 'before\nafter' })
    expect(await stage.log(call)).toBe('before\nafter\n')
  })

  it('tells a later one how it ended', async () => {
    const call = fresh(counted('true'))
    const first = await stage.run(call)
    await stage.restart()
    expect(await stage.run(call)).toEqual(first)
    expect(await stage.log(call)).toBe('once\n')
  })
})

describe('a step that its worker lets go of', () => {
  it('goes on, and another worker joins it', async () => {
    const call = fresh(counted(`echo here; ${gate('c')}`))
    const control = new AbortController()
    const left = stage.run(call, control.signal)
    await expect.poll(() => logOf(call)).toBe('here\n')
    control.abort(new Detached())
    await expect(left).rejects.toBeInstanceOf(Detached)
    const end = stage.run(call)
    await open('c')
    expect(await end).toMatchObject({ output: 'here\nonce' })
  })

  it('is ended with its run', async () => {
    const call = fresh(`echo here; trap 'touch /work/never' EXIT; sleep 4321`)
    const control = new AbortController()
    const left = stage.run(call, control.signal)
    await expect.poll(() => logOf(call)).toBe('here\n')
    control.abort(new Detached())
    await expect(left).rejects.toBeInstanceOf(Detached)
    await stage.server.runner.ended(call.run, false)
    expect(await stage.run(call)).toMatchObject({ ok: false, failure: { fault: 'cancelled' } })
  })
})

describe('a step whose sandbox dies', () => {
  it('is not run a second time under the same attempt', async () => {
    const call = fresh('echo once >> /work/effects; echo here; sleep 4321')
    void stage.run(call)
    await expect.poll(() => logOf(call)).toBe('here\n')
    const [row] = await stage.server.fleet.list('ana')
    if (row === undefined) throw new Error('there is no workspace')
    await stage.restart()
    await stage.server.fleet.stop(row)
    expect(await stage.run(call)).toMatchObject({ ok: false, failure: { fault: 'unavailable' } })
    expect(await stage.run(fresh('cat /work/effects'))).toMatchObject({ output: 'once' })
  })
})
