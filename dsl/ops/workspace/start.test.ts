import { describe, expect, it } from 'vitest'
import { call } from '#dsl/powers/fake/call.ts'
import { fakeWorkspaces } from '#dsl/powers/fake/workspaces.ts'

describe('workspace.start', () => {
  it('brings it up', async () => {
    const workspaces = fakeWorkspaces()
    await call('workspace.create', { workspaces }, { name: 'app' })
    expect(await call('workspace.start', { workspaces }, { workspace: 'w-app' })).toMatchObject({
      workspace: { state: 'running' },
    })
  })

  it('faults when there is no such workspace', async () => {
    const gone = call('workspace.start', { workspaces: fakeWorkspaces() }, { workspace: 'app' })
    await expect(gone).rejects.toMatchObject({ code: 'not_found' })
  })
})
