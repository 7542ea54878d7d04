import { PassThrough } from 'node:stream'
import { expect, it } from 'vitest'
import { callLasting } from './lasting.ts'
import { openLink } from './link.ts'
import { createMux } from './mux.ts'

it('a call that meets a link which is just closing lets it close', async () => {
  const stream = new PassThrough()
  const { link } = openLink(stream, createMux())
  const closed = new Error('the hub has heard of it')
  let isClosed = false
  // As the hub does: the link is handed out until its stream says that it is closed.
  stream.once('close', () => (isClosed = true))
  const reach = () => (isClosed ? Promise.reject(closed) : Promise.resolve(link))
  link.close()
  const grant = { plan: 'libre', commands: ['*'], terminals: false }
  const signal = AbortSignal.timeout(5000)
  const call = callLasting(reach, {
    id: 'r1/a/1',
    op: 'exec',
    input: {},
    grant,
    signal,
    emit: async () => {},
  })
  await expect(call).rejects.toBe(closed)
})
