// The power over workspaces, narrowed to one person's own. It never shows a row's token hash.
import type { WorkspaceInfo, Workspaces } from '#dsl/powers/workspaces.ts'
import type { Fleet } from '#server/fleet/fleet.ts'
import { isOfRun } from '#server/workflow/steps/run-workspace.ts'
import type { WorkspaceRow } from '#server/store/workspaces.ts'

export function workspacesPower(fleet: Fleet, owner: string): Workspaces {
  return {
    create: async ({ name, repo }) => info(await fleet.create(owner, name, repo)),
    list: async () => (await fleet.list(owner)).map(info),
    start: async (workspace) => info(await fleet.start(await fleet.find(owner, workspace))),
    stop: async (workspace) => info(await fleet.stop(await fleet.find(owner, workspace))),
    usage: async (workspace) => fleet.usage(await fleet.find(owner, workspace)),
    remove: async (workspace) => fleet.remove(await fleet.find(owner, workspace)),
  }
}

function info({ id, name, state, repo, driver, endedBy, createdAt }: WorkspaceRow): WorkspaceInfo {
  const own = { id, name, state, driver, ofRun: isOfRun(id), createdAt: createdAt.toISOString() }
  return { ...own, ...(repo === null ? {} : { repo }), ...(endedBy === null ? {} : { endedBy }) }
}
