import { once } from 'node:events'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { toFault } from '#dsl/fault.ts'
import { EVENTS, fakeRuns } from '#dsl/powers/fake/runs.ts'
import type { RunEvent, Runs } from '#dsl/powers/runs.ts'
import { TOKEN, openDoors } from '#server/doors/test-stage.ts'
import type { Doors } from '#server/doors/test-stage.ts'

const MANY = 20_000
const many = Array.from({ length: MANY }, (_, at) => ({ ...EVENTS[1], cursor: at + 1 }) as RunEvent)
const outcomes: string[] = []

/** `many` has as many events, `live` has one and never ends by itself. */
const runs: Runs = {
  ...fakeRuns(),
  async watch(run, cursor, emit, signal) {
    if (run === 'many') {
      for (const event of many.slice(cursor)) {
        signal.throwIfAborted()
        await emit(event)
      }
      return { cursor: MANY }
    }
    if (run !== 'live') return fakeRuns().watch(run, cursor, emit, signal)
    await emit(EVENTS[0] as RunEvent)
    return new Promise((_, reject) => {
      signal.addEventListener('abort', () => {
        outcomes.push(toFault(signal.reason).code)
        reject(toFault(signal.reason))
      })
    })
  },
}
let doors: Doors
beforeAll(async () => {
  doors = await openDoors({ runs })
})
afterAll(() => doors.close())

interface Heard {
  readonly events: RunEvent[]
  readonly code: number
  readonly reason: string
}
const authorization = `Bearer ${TOKEN}`

function open(path: string, headers: Record<string, string> = { authorization }, protocols: string[] = []) {
  return new WebSocket(doors.url.replace('http', 'ws') + path, protocols, { headers })
}

async function hear(
  socket: WebSocket,
  until: (events: RunEvent[]) => void = () => undefined,
): Promise<Heard> {
  const events: RunEvent[] = []
  socket.on('message', (data: Buffer, binary: boolean) => {
    expect(binary).toBe(false)
    events.push(JSON.parse(data.toString()) as RunEvent)
    until(events)
  })
  const [code, reason] = (await once(socket, 'close')) as [number, Buffer]
  return { events, code, reason: reason.toString() }
}

it('sends every event of the run and closes with 1000', async () => {
  const heard = await hear(open('/runs/r1'))
  expect(heard).toEqual({ events: [...EVENTS], code: 1000, reason: 'The run has ended.' })
})

it('goes on behind the cursor', async () => {
  const { events } = await hear(open('/runs/r1?cursor=2'))
  expect(events.map(({ cursor }) => cursor)).toEqual([3])
})

it('loses and repeats nothing across a connection that breaks in the middle', async () => {
  const socket = open('/runs/many')
  const first = await hear(socket, (events) => events.length === 3000 && socket.terminate())
  const from = first.events.at(-1)?.cursor ?? 0
  const rest = await hear(open(`/runs/many?cursor=${from}`))
  const cursors = [...first.events, ...rest.events].map(({ cursor }) => cursor)
  expect(cursors).toEqual(many.map(({ cursor }) => cursor))
  expect(rest.code).toBe(1000)
})

it('takes a proof as /rpc does, and closes with 4401 without one', async () => {
  expect((await hear(open('/runs/r1', {}, ['chispart.v1', `bearer.${TOKEN}`]))).code).toBe(1000)
  expect(await hear(open('/runs/r1', {}))).toMatchObject({ code: 4401, events: [] })
  expect(await hear(open('/runs/r1', { authorization: 'Bearer wrong' }))).toMatchObject({ code: 4401 })
})

it('opens no socket to a foreign page', async () => {
  const socket = open('/runs/r1', { authorization, origin: 'https://evil.example' })
  socket.on('error', () => undefined)
  const [, answer] = (await once(socket, 'unexpected-response')) as [unknown, { statusCode: number }]
  socket.terminate()
  expect(answer.statusCode).toBe(403)
})

it('closes as the table of faults says: no such run, a cursor that is none, a frame of the client', async () => {
  expect(await hear(open('/runs/r2'))).toMatchObject({ code: 4404, reason: 'You have no run "r2".' })
  expect(await hear(open('/runs/r1?cursor=x'))).toMatchObject({ code: 1008 })
  const talker = open('/runs/live')
  expect(await hear(talker, () => talker.send('hello'))).toMatchObject({ code: 1008 })
})

it('stops watching when the client leaves, and closes when the sign-in ends', async () => {
  outcomes.length = 0
  const leaver = open('/runs/live')
  await hear(leaver, () => leaver.close())
  await expect.poll(() => outcomes).toEqual(['cancelled'])
  expect(await hear(open('/runs/live'), () => doors.revoke())).toMatchObject({ code: 4401 })
})
