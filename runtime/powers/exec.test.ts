import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { framePayload } from '#dsl/wire/frame.ts'
import { powersFor } from '#runtime/grant.ts'

const never = new AbortController().signal
let home = ''

beforeAll(async () => {
  home = await realpath(await mkdtemp(join(tmpdir(), 'exec-')))
  await writeFile(join(home, '.bashrc'), 'echo smuggled\n')
})
afterAll(() => rm(home, { recursive: true }))

/** What a line prints while its standard input stays open. */
async function printed(commands: readonly string[], line: string, more?: Record<string, string>) {
  const env = { PATH: '/usr/bin:/bin', HOME: home }
  const place = { jail: { roots: [home], home }, terminals: new Map(), env }
  const grant = { plan: 'test', commands: [...commands], terminals: false }
  let text = ''
  let streams = 0
  const channel = {
    sendBinary(frame: Uint8Array) {
      text += Buffer.from(framePayload(frame)).toString()
      return true
    },
    room: () => undefined,
    news: () => undefined,
    sinks: new Map(),
  }
  const call = { grant, signal: never, channel, nextStream: () => ++streams }
  const { exec } = await powersFor(place, call, ['exec'])
  await exec?.stream({ shell: line }, { env: more }, () => undefined)
  return text
}

describe('a command line', () => {
  // bash reads ~/.bashrc when its input is a socket, as rshd's was, and Node's pipes are sockets (bash(1), INVOCATION).
  it.each([
    ['of a plan that lists it', ['echo *']],
    ['of a plan that allows anything', ['*']],
  ])('%s runs nothing that a file in the home says', async (_, commands) => {
    expect(await printed(commands, 'echo one && echo two')).toBe('one\ntwo\n')
  })

  it('of a plan that lists commands is not led to others by a variable', async () => {
    const env = { BASH_ENV: join(home, '.bashrc') }
    await expect(printed(['echo *'], 'echo one && echo two', env)).rejects.toMatchObject({
      code: 'denied',
      data: { rule: 'R5', node: 'BASH_ENV' },
    })
    expect(await printed(['echo *'], 'echo one && echo two', { CI: 'true' })).toBe('one\ntwo\n')
  })
})
