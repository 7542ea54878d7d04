// One address for a database that comes back on another port. Only tests use it; it knows nothing of what it carries.
import { connect, createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'

export interface Relay {
  readonly port: number
  /** From now on connections lead to this port; the open ones stay as they are. */
  lead(port: number): void
  close(): void
}

export async function openRelay(first: number): Promise<Relay> {
  let target = first
  const open = new Set<Socket>()
  const server = createServer((near) => {
    const far = connect(target, '127.0.0.1')
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(one)
      one.setNoDelay(true)
      one.pipe(other)
      one.on('error', () => other.destroy())
      one.on('close', () => {
        open.delete(one)
        other.destroy()
      })
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    lead: (port) => void (target = port),
    close() {
      server.close()
      for (const socket of open) socket.destroy()
    },
  }
}
