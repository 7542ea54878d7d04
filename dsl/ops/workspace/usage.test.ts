import { describe, expect, it } from 'vitest'
import { call } from '#dsl/powers/fake/call.ts'
import { fakeWorkspaces } from '#dsl/powers/fake/workspaces.ts'

describe('workspace.usage', () => {
  it('shows what runs beside its limits, and only the limits of what does not', async () => {
    const workspaces = fakeWorkspaces()
    await call('workspace.create', { workspaces }, { name: 'app' })
    const usage = () => call('workspace.usage', { workspaces }, { workspace: 'app' })
    expect(await usage()).toMatchObject({ usage: { now: { pids: 2 }, limits: { pids: 64 } } })
    await workspaces.stop('app')
    expect(await usage()).not.toHaveProperty('usage.now')
  })

  it('faults when there is no such workspace', async () => {
    const gone = call('workspace.usage', { workspaces: fakeWorkspaces() }, { workspace: 'app' })
    await expect(gone).rejects.toMatchObject({ code: 'not_found' })
  })
})
