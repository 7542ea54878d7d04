// A fake Workspaces for op tests: names and states, without a sandbox.
import { Fault } from '#dsl/fault.ts'
import type { WorkspaceInfo, Workspaces } from '#dsl/powers/workspaces.ts'

export function fakeWorkspaces(): Workspaces {
  const kept = new Map<string, WorkspaceInfo>()
  const find = (target: string): WorkspaceInfo => {
    const found = [...kept.values()].find(({ id, name }) => id === target || name === target)
    if (found === undefined) throw new Fault('not_found', `There is no workspace "${target}".`)
    return found
  }
  const become = (target: string, state: WorkspaceInfo['state']): WorkspaceInfo => {
    const changed = { ...find(target), state }
    kept.set(changed.name, changed)
    return changed
  }
  return {
    async create({ name, repo }) {
      if (kept.has(name)) throw new Fault('conflict', `There is a workspace "${name}" already.`)
      const from = repo === undefined ? {} : { repo }
      const createdAt = '2026-01-01T00:00:00Z'
      kept.set(name, {
        id: `w-${name}`,
        name,
        state: 'running',
        driver: 'fake',
        ofRun: false,
        createdAt,
        ...from,
      })
      return find(name)
    },
    list: async () => [...kept.values()],
    start: async (target) => become(target, 'running'),
    stop: async (target) => become(target, 'stopped'),
    async usage(target) {
      const { state, createdAt: at } = find(target)
      const limits = { cpus: 1, memoryBytes: 1000, diskBytes: 1000, pids: 64 }
      const egress = { sent: 1, received: 2 }
      const now = { cpuMs: 5, memoryBytes: 100, diskBytes: 10, pids: 2 }
      return { at, limits, egress, ...(state === 'running' && { now }) }
    },
    remove: async (target) => void kept.delete(find(target).name),
  }
}
