import { describe, expect, it } from 'vitest'
import { call } from '#dsl/powers/fake/call.ts'
import { fakeWorkspaces } from '#dsl/powers/fake/workspaces.ts'

describe('workspace.list', () => {
  it('shows the workspaces that were created', async () => {
    const workspaces = fakeWorkspaces()
    await call('workspace.create', { workspaces }, { name: 'app' })
    expect(await call('workspace.list', { workspaces })).toMatchObject({ workspaces: [{ name: 'app' }] })
  })
})
