// All workspaces of the database as one fleet: those of this server here, those of another one by its door. A worker has
// none of its own. It decides nothing but where.
import { Fault } from '#dsl/fault.ts'
import { WORKSPACE_USAGE } from '#dsl/ops/workspace/fields.ts'
import type { Fleet } from '#server/fleet/fleet.ts'
import { listHosts } from '#server/store/hosts.ts'
import type { Store } from '#server/store/store.ts'
import { findWorkspace, listWorkspaces } from '#server/store/workspaces.ts'
import type { WorkspaceRow } from '#server/store/workspaces.ts'
import { hostOf, rowNow } from './client.ts'
import type { HostClient } from './client.ts'

export interface Home {
  readonly host: string
  readonly fleet: Fleet
}

/** `home` is left out by a worker: what it makes, the server that started last makes for it. */
export function fleetOfAll(store: Store, client: HostClient, home?: Home): Fleet {
  const ofOthers = othersFleet(store, client)
  const fleetOf = (row: WorkspaceRow) => (home && row.hostId === home.host ? home.fleet : ofOthers)
  return {
    create: (...made) => (home?.fleet ?? ofOthers).create(...made),
    list: (owner) => listWorkspaces(store, owner),
    find: (...asked) => (home?.fleet ?? ofOthers).find(...asked),
    reach: (row, signal) => fleetOf(row).reach(row, signal),
    runningLink: (row, signal) => fleetOf(row).runningLink(row, signal),
    start: (row, branch) => fleetOf(row).start(row, branch),
    stop: (row) => fleetOf(row).stop(row),
    remove: (row) => fleetOf(row).remove(row),
    usage: (row) => fleetOf(row).usage(row),
    narrow: (row, allow) => fleetOf(row).narrow(row, allow),
  }
}

function othersFleet(store: Store, client: HostClient): Fleet {
  const act = (row: WorkspaceRow, verb: string, more: Record<string, unknown> = {}) =>
    client.call(hostOf(row), `/host/workspaces/${row.id}/${verb}`, { owner: row.ownerId, ...more })
  return {
    async create(owner, name, repo, more = {}) {
      const [host] = await listHosts(store)
      if (!host) throw new Fault('unavailable', 'No server of this database has sandboxes. Start one.')
      const { id } = await client.call(host.id, '/host/workspaces', { owner, name, repo, ...more })
      return rowNow(store, owner, id ?? '')
    },
    list: (owner) => listWorkspaces(store, owner),
    async find(owner, idOrName) {
      const row = idOrName === undefined ? undefined : await findWorkspace(store, owner, idOrName)
      if (row) return row
      throw new Fault('not_found', `You have no workspace "${idOrName ?? ''}". workspace.list shows yours.`)
    },
    reach: (row, signal) => client.link(row, true, signal),
    runningLink: (row, signal) => client.link(row, false, signal),
    async start(row, branch) {
      await act(row, 'start', { branch })
      return rowNow(store, row.ownerId, row.id)
    },
    async stop(row) {
      await act(row, 'stop')
      return rowNow(store, row.ownerId, row.id)
    },
    remove: async (row) => void (await act(row, 'remove')),
    async usage(row) {
      const { usage } = await act(row, 'usage')
      return WORKSPACE_USAGE.parse(usage)
    },
    narrow: async (row, allow) => void (await act(row, 'narrow', { allow })),
  }
}
