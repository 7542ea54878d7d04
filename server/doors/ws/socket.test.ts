import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { expect, it } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { outgoing } from './socket.ts'

it('says when a frame may be written over, also to a client that reads late', async () => {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false })
  await once(server, 'listening')
  const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`)
  const [socket] = (await once(server, 'connection')) as [WebSocket]
  await once(client, 'open')
  client.pause()
  const { send } = outgoing(socket)
  const frames = 200
  let frame = Buffer.alloc(60_000)
  let waited = 0
  for (let n = 0; n < frames; n++) {
    frame.fill(n)
    if (send(frame)) continue
    waited += 1
    frame = Buffer.alloc(60_000)
  }
  const seen: (number | undefined)[] = []
  client.on('message', (data: Buffer) => {
    if (data.every((byte) => byte === data[0])) seen.push(data[0])
  })
  client.resume()
  socket.close()
  await once(client, 'close')
  server.close()
  expect(waited).toBeGreaterThan(0)
  expect(waited).toBeLessThan(frames)
  expect(seen).toEqual(Array.from({ length: frames }, (_, n) => n))
})
