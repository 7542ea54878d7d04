// The least that a server on this machine can be: one process that sends a byte back, and one that asks it again and again. It
// is the floor of what others wait for while a sandbox does its worst. A parent forks this file as `serve` or `ask PORT PAUSE`.
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { percentiles } from './figures.ts'

async function serve(): Promise<void> {
  const server = createServer({ noDelay: true }, (socket) => void socket.pipe(socket))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  process.send?.((server.address() as AddressInfo).port)
}

/** Until it is told to end; then it sends the milliseconds that 99 of 100 took at most. */
async function ask(port: number, pauseMs: number): Promise<void> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  const taken: number[] = []
  let going = true
  process.once('message', () => (going = false))
  while (going) {
    const began = performance.now()
    socket.write('x')
    await once(socket, 'data')
    taken.push(performance.now() - began)
    await pause(pauseMs)
  }
  process.send?.(percentiles(taken).p99)
}

const [role, port, pauseMs] = process.argv.slice(2)
if (process.send) {
  process.once('disconnect', () => process.exit())
  await (role === 'serve' ? serve() : ask(Number(port), Number(pauseMs)))
}
