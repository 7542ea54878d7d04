import { describe, expect, it } from 'vitest'
import { call } from '#dsl/powers/fake/call.ts'
import { fakeWorkspaces } from '#dsl/powers/fake/workspaces.ts'

describe('workspace.create', () => {
  it('answers with the workspace', async () => {
    const made = await call('workspace.create', { workspaces: fakeWorkspaces() }, { name: 'app' })
    expect(made).toMatchObject({ workspace: { id: 'w-app', name: 'app', state: 'running' } })
  })

  it('refuses a name that is taken, a name with a slash, and a repository address that runs a command', async () => {
    const workspaces = fakeWorkspaces()
    const create = (input: object) => call('workspace.create', { workspaces }, input)
    await create({ name: 'app' })
    await expect(create({ name: 'app' })).rejects.toMatchObject({ code: 'conflict' })
    await expect(create({ name: 'a/b' })).rejects.toMatchObject({ code: 'invalid' })
    await expect(create({ name: 'b', repo: 'ext::id' })).rejects.toMatchObject({ code: 'invalid' })
  })
})
