import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { fakeCredentials } from '#dsl/powers/fake/credentials.ts'
import type { NewCredential } from '#dsl/powers/credentials.ts'
import { openServer } from '#cli/test-server.ts'
import type { TestServer } from '#cli/test-server.ts'
import { openStage } from '#cli/test-stage.ts'
import type { Stage } from '#cli/test-stage.ts'
import { openTerminal } from '#cli/test-terminal.ts'

const ADDRESS = 'https://npm.acme.test/team/'
const SECRET = 'a-token-that-nobody-may-see'
const told: NewCredential[] = []
let stage: Stage
let server: TestServer

beforeAll(async () => {
  stage = await openStage()
  server = await openServer({ credentials: fakeCredentials(told) })
})
afterAll(async () => {
  await server.close()
  await stage.close()
})
beforeEach(() => void told.splice(0))

const chispart = (args: string[], input?: string) =>
  stage.run([...args, '--url', server.url], input === undefined ? {} : { input })

it('credential set reads the secret from a pipe, and says its fingerprint only', async () => {
  const more = ['--username', 'ci', '--write', '--workspace', 'web']
  const { code, out, err } = await chispart(['credential', 'set', ADDRESS, ...more], `${SECRET}\n`)
  expect([code, out.toString()]).toEqual([0, ''])
  expect(err).toContain('0badcafe')
  expect(err).not.toContain(SECRET)
  const set = {
    address: ADDRESS,
    secret: SECRET,
    username: 'ci',
    write: true,
    workspace: 'web',
    everyone: false,
  }
  expect(told).toEqual([set])
})

it('credential set asks a person for it, and does not show what they type', async () => {
  const terminal = openTerminal(stage, ['credential', 'set', ADDRESS, '--url', server.url])
  await terminal.until('Token or password')
  terminal.pty.write(`${SECRET}\r`)
  const shown = await terminal.until('fingerprint')
  expect(await terminal.ended).toBe(0)
  expect(shown).not.toContain('a-token')
  expect(told).toMatchObject([{ secret: SECRET, write: false }])
})

it('credentials are listed and removed as on every door', async () => {
  await chispart(['credential', 'set', ADDRESS], SECRET)
  const { out } = await chispart(['credentials', '--json'])
  expect(out.toString()).toContain(ADDRESS)
  expect((await chispart(['credential', 'remove', 'c1', '--yes'])).code).toBe(0)
})
