import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest'
import { Fault } from '#dsl/fault.ts'
import { ask, faultOf, openEngine, socketOf } from './engine.ts'

let folder = ''
let mute: Server

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'engine-'))
  mute = createServer().listen(join(folder, 'mute.sock'))
  await once(mute, 'listening')
})
afterEach(() => void vi.unstubAllEnvs())
afterAll(async () => {
  mute.close()
  await rm(folder, { recursive: true })
})

it('talks to the socket that it was given, whatever DOCKER_HOST says', async () => {
  for (const address of ['tcp://192.0.2.1:2376', 'ssh://nobody@192.0.2.1']) {
    vi.stubEnv('DOCKER_HOST', address)
    const engine = openEngine(join(folder, 'nobody.sock'))
    await expect(ask(engine, 'ping', 1000)).rejects.toMatchObject({ code: 'ENOENT' })
  }
})

it('leaves an engine that does not answer, closes what it asked by, and says so', async () => {
  const came = once(mute, 'connection') as Promise<[Socket]>
  const refused = ask(openEngine(join(folder, 'mute.sock')), 'info', 50).catch(faultOf)
  const [socket] = await came
  const closed = once(socket.resume(), 'close')
  expect(await refused).toMatchObject({
    code: 'unavailable',
    message: 'The Docker engine does not answer in time.',
  })
  await closed
})

it('an error of the engine is a fault with a remedy, and a fault stays what it is', () => {
  const full = new Fault('exhausted', 'Full.')
  expect(faultOf(full)).toBe(full)
  const closed = Object.assign(new Error('connect EACCES'), { code: 'EACCES' })
  expect(faultOf(closed)).toMatchObject({
    code: 'unavailable',
    data: { remedy: expect.stringContaining('usermod') as string },
  })
  const unloaded = new Error('apparmor failed to apply profile: write /proc/self/attr/exec: no such file')
  expect(faultOf(unloaded)).toMatchObject({
    data: { remedy: expect.stringContaining('apparmor_parser') as string },
  })
  expect(faultOf(new Error('no space'))).toMatchObject({
    message: 'The Docker engine cannot start a sandbox: no space',
  })
})

it('takes the address of a socket only', () => {
  expect(socketOf('unix:///run/podman/podman.sock')).toBe('/run/podman/podman.sock')
  for (const address of ['tcp://192.0.2.1:2376', 'unix://relative.sock', ''])
    expect(() => socketOf(address)).toThrow(Fault)
})
