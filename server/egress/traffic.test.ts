import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createTraffic } from './traffic.ts'

const echo = createServer((socket) => socket.pipe(socket))
beforeAll(() => new Promise<void>((done) => echo.listen(0, '127.0.0.1', done)))
afterAll(() => void echo.close())

async function opened(): Promise<Socket> {
  const socket = connect((echo.address() as AddressInfo).port, '127.0.0.1')
  await once(socket, 'connect')
  return socket
}

it('counts what open and closed connections of a workspace carried, and nobody else', async () => {
  const traffic = createTraffic()
  const [one, two] = [await opened(), await opened()]
  traffic.watch('w1', one)
  traffic.watch('w1', two)
  one.write('hello')
  await once(one, 'data')
  expect(traffic.of('w1')).toEqual({ sent: 5, received: 5 })
  one.end()
  await once(one, 'close')
  two.write('hi')
  await once(two, 'data')
  traffic.add('w1', { sent: 100, received: 200 })
  expect(traffic.of('w1')).toEqual({ sent: 107, received: 207 })
  expect(traffic.of('w2')).toEqual({ sent: 0, received: 0 })
  two.destroy()
})
