import { describe, expect, it } from 'vitest'
import { call } from '#dsl/powers/fake/call.ts'
import { fakeWorkspaces } from '#dsl/powers/fake/workspaces.ts'

describe('workspace.stop', () => {
  it('ends it and keeps it', async () => {
    const workspaces = fakeWorkspaces()
    await call('workspace.create', { workspaces }, { name: 'app' })
    expect(await call('workspace.stop', { workspaces }, { workspace: 'w-app' })).toMatchObject({
      workspace: { state: 'stopped' },
    })
  })

  it('faults when there is no such workspace', async () => {
    const gone = call('workspace.stop', { workspaces: fakeWorkspaces() }, { workspace: 'app' })
    await expect(gone).rejects.toMatchObject({ code: 'not_found' })
  })
})
