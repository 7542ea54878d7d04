import { describe, expect, it } from 'vitest'
import { call } from '#dsl/powers/fake/call.ts'
import { fakeExec } from '#dsl/powers/fake/exec.ts'

describe('exec', () => {
  it('streams output as events and answers with the exit code', async () => {
    const events: unknown[] = []
    const exec = fakeExec({ exitCode: 7, stdout: 'out', stderr: 'err' })
    expect(await call('exec', { exec }, { cmd: 'make' }, events)).toEqual({ exitCode: 7 })
    expect(events).toEqual([
      { type: 'stdout', data: 'out' },
      { type: 'stderr', data: 'err' },
    ])
  })

  it('tells the ids of its streams before it ends', async () => {
    const events: unknown[] = []
    await call('exec', { exec: fakeExec({}) }, { cmd: 'make', stream: true }, events)
    expect(events).toEqual([{ type: 'open', stream: 1, stderr: 2 }])
  })

  it('is called shell.exec too', async () => {
    expect(await call('shell.exec', { exec: fakeExec({}) }, { cmd: 'true' })).toEqual({ exitCode: 0 })
  })
})
