import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createAuth } from '#server/auth/auth.ts'
import type { Auth } from '#server/auth/auth.ts'
import type { Principal } from '#server/auth/principal.ts'
import { hashSecret } from '#server/auth/secret.ts'
import { addDevice, listDevices } from '#server/store/devices.ts'
import { guessCode } from '#server/store/pairings.ts'
import { users, pairings } from '#server/store/tables.ts'
import { openTestStore } from '#server/store/test-store.ts'
import type { TestStore } from '#server/store/test-store.ts'
import { ensureOwner } from '#server/store/users.ts'
import { devicesFor } from './devices.ts'
import { openPairing, pairingFor } from './pairing.ts'
import type { PairingParts } from './pairing.ts'

const ORIGIN = 'http://localhost:3000'
const person = (user: string): Principal => ({
  user,
  userName: user,
  role: 'owner',
  plan: 'libre',
  via: 'session',
  credential: `session-${user}`,
})
const owner = person('owner')
let test: TestStore
let auth: Auth
let parts: PairingParts
let nonces = 0

beforeAll(async () => {
  test = await openTestStore()
  auth = createAuth({ store: test.store, key: new TextEncoder().encode('k'.repeat(48)) })
  await ensureOwner(test.store)
  await test.store.db.insert(users).values({ id: 'eva', name: 'Eva', role: 'member', plan: 'gratis' })
})
afterAll(() => test.close())
beforeEach(async () => {
  await test.store.db.delete(pairings)
  parts = await openPairing(auth)
})

const as = (principal: Principal | undefined, address = '192.0.2.1') =>
  pairingFor(parts, { principal, address, origin: ORIGIN })
const invite = (principal = owner, nonce = `n${String(nonces++)}`) =>
  as(principal).init({ device: 'android', nonce })
const otherThan = (code: string) => String((Number(code) + 1) % 1_000_000).padStart(6, '0')
const never = new AbortController().signal

/** A stranger who asks to come in: resolves once the person can see it. */
async function knock(code: string, { name = 'Pixel', signal = never, address = '192.0.2.1' } = {}) {
  const { promise: asked, resolve } = Promise.withResolvers<string>()
  const answer = as(undefined, address).confirm({
    code,
    name,
    signal,
    waiting: ({ id }) => resolve(id),
  })
  answer.catch(() => undefined)
  const id = await Promise.race([asked, answer.then(() => Promise.reject(new Error('it did not wait')))])
  return { id, answer }
}
const confirm = (code: string, address?: string) => as(undefined, address).confirm({ code, signal: never })

describe('an invitation', () => {
  it('is six digits for ten minutes, with the code in the fragment of its address', async () => {
    const { code, expiresAt, url } = await invite()
    expect(code).toMatch(/^\d{6}$/)
    expect(Math.round((Date.parse(expiresAt) - Date.now()) / 1000)).toBe(600)
    expect(url).toBe(`${ORIGIN}/#pair=${code}`)
  })

  it('takes a nonce once, and comes from nobody but a person who is signed in', async () => {
    await invite(owner, 'same')
    await expect(invite(owner, 'same')).rejects.toMatchObject({ code: 'conflict' })
    const stranger = as(undefined).init({ device: 'web', nonce: 'new' })
    await expect(stranger).rejects.toMatchObject({ code: 'unauthenticated' })
  })

  it('leaves nothing in the store that gives its code away', async () => {
    const { code } = await invite()
    const [row] = await test.store.db.select().from(pairings)
    expect(JSON.stringify(row)).not.toContain(code)
    expect(row?.codeHash).not.toBe(hashSecret(code))
  })

  it('is made a few times in a row, not without end', async () => {
    for (let n = 0; n < 10; n++) await invite()
    await expect(invite()).rejects.toMatchObject({ code: 'rate_limited' })
  })
})

describe('a stranger with the code', () => {
  it('waits for the yes of the person who invited it, and then acts as that person', async () => {
    const { code } = await invite()
    const { id, answer } = await knock(code)
    expect(await devicesFor(parts, owner).list()).toMatchObject([{ id, name: 'Pixel', state: 'pending' }])
    await devicesFor(parts, owner).approve(id, true)
    const { token, device } = await answer
    expect(device).toMatchObject({ id, name: 'Pixel', kind: 'android', state: 'active', current: true })
    const principal = await auth.authenticate({ authorization: `Bearer ${token}` })
    expect(principal).toMatchObject({ user: 'owner', via: 'device', credential: id })
    const [listed] = await devicesFor(parts, principal ?? owner).list()
    expect(listed).toMatchObject({ id, current: true })
    expect(listed?.lastSeenAt).toBeDefined()
    await devicesFor(parts, owner).revoke(id)
  })

  it('gets nothing when the person refuses, and the person is asked no more', async () => {
    const { id, answer } = await knock((await invite()).code)
    expect(await devicesFor(parts, owner).approve(id, false)).toMatchObject({ state: 'revoked' })
    await expect(answer).rejects.toMatchObject({ code: 'denied' })
    expect(await devicesFor(parts, owner).list()).toEqual([])
    await expect(devicesFor(parts, owner).approve(id, true)).rejects.toMatchObject({ code: 'not_found' })
  })

  it('no longer asks once it has left', async () => {
    const leaving = new AbortController()
    const { id, answer } = await knock((await invite()).code, { signal: leaving.signal })
    leaving.abort(new Error('gone'))
    await expect(answer).rejects.toThrow('gone')
    expect(await devicesFor(parts, owner).list()).toEqual([])
    await expect(devicesFor(parts, owner).approve(id, true)).rejects.toMatchObject({ code: 'not_found' })
  })

  it('is seen and answered by nobody else', async () => {
    const { id, answer } = await knock((await invite()).code)
    const eva = devicesFor(parts, person('eva'))
    expect(await eva.list()).toEqual([])
    await expect(eva.approve(id, true)).rejects.toMatchObject({ code: 'not_found' })
    await expect(eva.revoke(id)).rejects.toMatchObject({ code: 'not_found' })
    await devicesFor(parts, owner).revoke(id)
    await expect(answer).rejects.toMatchObject({ code: 'denied' })
  })

  it('waits also when it is another person who is signed in', async () => {
    const { code } = await invite()
    const { promise: asked, resolve } = Promise.withResolvers<string>()
    const answer = as(person('eva')).confirm({ code, signal: never, waiting: ({ id }) => resolve(id) })
    await devicesFor(parts, owner).approve(await asked, false)
    await expect(answer).rejects.toMatchObject({ code: 'denied' })
  })

  it('uses it up: the same code serves no second device', async () => {
    const { code } = await invite()
    const { id } = await knock(code)
    await expect(confirm(code)).rejects.toMatchObject({ code: 'denied' })
    await devicesFor(parts, owner).revoke(id)
  })

  it('comes too late after ten minutes', async () => {
    const { code } = await invite()
    await test.store.db.update(pairings).set({ expiresAt: new Date(Date.now() - 1) })
    await expect(confirm(code)).rejects.toMatchObject({ code: 'denied' })
  })
})

it("lets the person's own client in at once", async () => {
  const { code } = await invite()
  const { token, device } = await as(owner).confirm({ code, name: 'Laptop', device: 'cli', signal: never })
  expect(device).toMatchObject({ name: 'Laptop', kind: 'cli', state: 'active' })
  expect(await auth.authenticate({ authorization: `Bearer ${token}` })).toMatchObject({ via: 'device' })
  await devicesFor(parts, owner).revoke(device.id)
})

describe('guessing', () => {
  it('kills the invitation at the fifth wrong code, wherever the guesses come from', async () => {
    const { code } = await invite()
    for (let n = 1; n <= 5; n++)
      await expect(confirm(otherThan(code), `192.0.2.${String(n)}`)).rejects.toMatchObject({ code: 'denied' })
    await expect(confirm(otherThan(code), '198.51.100.1')).rejects.toMatchObject({ code: 'rate_limited' })
    await expect(confirm(code, '198.51.100.2')).rejects.toMatchObject({ code: 'rate_limited' })
  })

  it('counts against every invitation that is open, since a guess names none', async () => {
    const [first, second] = [await invite(), await invite()]
    for (let n = 0; n < 5; n++) await guessCode(test.store, 'wrong')
    for (const { code } of [first, second])
      await expect(confirm(code)).rejects.toMatchObject({ code: 'rate_limited' })
  })

  it('gains nothing by guessing everything at once', async () => {
    await invite()
    const guesses = await Promise.all(
      Array.from({ length: 60 }, (_, n) => guessCode(test.store, `g${String(n)}`)),
    )
    expect(guesses.filter((guess) => guess === 'wrong')).toHaveLength(5)
    expect(guesses.filter((guess) => guess === 'spent')).toHaveLength(55)
  })

  it('lets one of two in that know the code at once', async () => {
    const { code } = await invite()
    const both = await Promise.allSettled([1, 2].map(() => as(owner).confirm({ code, signal: never })))
    expect(both.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  })

  it('is slowed down for one network also while nothing is open to guess', async () => {
    for (let n = 0; n < 10; n++)
      await expect(confirm('000000', `2001:db8:1:2::${String(n)}`)).rejects.toMatchObject({ code: 'denied' })
    await expect(confirm('000000', '2001:db8:1:2::ff')).rejects.toMatchObject({ code: 'rate_limited' })
    await expect(confirm('000000', '2001:db8:1:3::1')).rejects.toMatchObject({ code: 'denied' })
  })
})

describe('revoking', () => {
  it('ends the token, and tells at once who holds the sockets', async () => {
    const { code } = await invite()
    const { token, device } = await as(owner).confirm({ code, signal: never })
    const ended: string[] = []
    const stop = auth.onRevoked((credential) => ended.push(credential))
    expect(await devicesFor(parts, owner).revoke(device.id)).toMatchObject({ state: 'revoked' })
    stop()
    expect(ended).toEqual([device.id])
    const authorization = `Bearer ${token}`
    await expect(auth.authenticate({ authorization })).rejects.toMatchObject({ code: 'unauthenticated' })
    await expect(devicesFor(parts, owner).revoke(device.id)).rejects.toMatchObject({ code: 'not_found' })
  })

  it('leaves a device that asked an earlier server without an answer behind', async () => {
    const row = {
      id: 'left',
      userId: 'owner',
      name: 'Old',
      kind: 'web',
      state: 'pending',
      hash: null,
    } as const
    await addDevice(test.store, row)
    await openPairing(auth)
    expect((await listDevices(test.store, 'owner')).map(({ id }) => id)).not.toContain('left')
  })
})
