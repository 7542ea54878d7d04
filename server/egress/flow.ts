// The two directions of an allowed connection: back-pressure, half-close, an end for idle and endless ones. It never
// looks at a byte.
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { EgressLimits } from './limits.ts'

export interface FlowTotals {
  /** Bytes to the host, and from it. */
  readonly sent: number
  readonly received: number
}

export interface Flows {
  /** Watches a connection from now on; `ended` is called once, when the host's side is closed. */
  watch(client: Duplex, host: Socket, ended: (totals: FlowTotals) => void): void
  /** Resolves when every one of them has been told to `ended`. */
  close(): Promise<void>
}

interface Flow {
  readonly client: Duplex
  readonly host: Socket
  bytes: number
  movedAt: number
}

const LOOK_MS = 1000

/** One clock for all connections: nothing is counted or timed per chunk. */
export function createFlows({ bytes, idleMs }: Pick<EgressLimits, 'bytes' | 'idleMs'>): Flows {
  const flows = new Set<Flow>()
  let clock: NodeJS.Timeout | undefined

  function look(): void {
    const now = performance.now()
    for (const flow of flows) {
      const moved = flow.host.bytesRead + flow.host.bytesWritten
      if (moved !== flow.bytes) Object.assign(flow, { bytes: moved, movedAt: now })
      if (moved > bytes || now - flow.movedAt > idleMs) end(flow)
    }
  }

  return {
    watch(client, host, ended) {
      const flow = { client, host, bytes: 0, movedAt: performance.now() }
      flows.add(flow)
      clock ??= setInterval(look, Math.min(LOOK_MS, idleMs)).unref()
      host.on('error', () => end(flow))
      client.on('error', () => end(flow))
      // A client that has said all leaves bytes behind that are still on their way to the host.
      client.once('close', () => void (client.readableEnded ? host.end() : host.destroy()))
      host.once('close', () => {
        flows.delete(flow)
        if (!client.writableEnded) client.destroy()
        ended({ sent: host.bytesWritten, received: host.bytesRead })
      })
    },
    async close() {
      clearInterval(clock)
      const closed = [...flows].map(({ host }) => new Promise((done) => host.once('close', done)))
      for (const flow of flows) end(flow)
      await Promise.all(closed)
    },
  }
}

function end({ client, host }: Flow): void {
  client.destroy()
  host.destroy()
}
