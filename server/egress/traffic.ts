// How many bytes each workspace has sent and received through the proxy since this server started, open connections included.
// It counts nothing per chunk: sockets know it.
import type { Socket } from 'node:net'
import type { FlowTotals } from './flow.ts'

export interface Traffic {
  /** Counts the connection to a host from now until it closes. */
  watch(workspace: string, host: Socket): void
  /** Counts what was carried without a socket of ours. */
  add(workspace: string, totals: FlowTotals): void
  of(workspace: string): FlowTotals
}

const NONE: FlowTotals = { sent: 0, received: 0 }
const sum = (a: FlowTotals, b: FlowTotals): FlowTotals => ({
  sent: a.sent + b.sent,
  received: a.received + b.received,
})
const totalsOf = ({ bytesWritten: sent, bytesRead: received }: Socket): FlowTotals => ({ sent, received })

export function createTraffic(): Traffic {
  const over = new Map<string, FlowTotals>()
  const open = new Map<string, Set<Socket>>()
  const add = (workspace: string, totals: FlowTotals) =>
    void over.set(workspace, sum(over.get(workspace) ?? NONE, totals))
  return {
    add,
    watch(workspace, host) {
      const hosts = open.get(workspace) ?? new Set()
      open.set(workspace, hosts.add(host))
      host.once('close', () => {
        hosts.delete(host)
        if (hosts.size === 0 && open.get(workspace) === hosts) open.delete(workspace)
        add(workspace, totalsOf(host))
      })
    },
    of: (workspace) =>
      [...(open.get(workspace) ?? [])].map(totalsOf).reduce(sum, over.get(workspace) ?? NONE),
  }
}
