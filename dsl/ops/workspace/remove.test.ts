import { describe, expect, it } from 'vitest'
import { call } from '#dsl/powers/fake/call.ts'
import { fakeWorkspaces } from '#dsl/powers/fake/workspaces.ts'

describe('workspace.remove', () => {
  it('leaves none of that name', async () => {
    const workspaces = fakeWorkspaces()
    await call('workspace.create', { workspaces }, { name: 'app' })
    await call('workspace.remove', { workspaces }, { workspace: 'app' })
    expect(await call('workspace.list', { workspaces })).toEqual({ workspaces: [] })
  })

  it('faults when there is no such workspace', async () => {
    const gone = call('workspace.remove', { workspaces: fakeWorkspaces() }, { workspace: 'app' })
    await expect(gone).rejects.toMatchObject({ code: 'not_found' })
  })
})
