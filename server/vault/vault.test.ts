import { argon2Sync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { VaultKeyRow } from '#server/store/credentials.ts'
import { createVault, deriveKey } from './vault.ts'
import type { Vault } from './vault.ts'

const SECRET = 'a-token-that-nobody-may-see'

/** The database, as far as a vault knows it. */
function database() {
  let kept: VaultKeyRow | undefined
  const row = (fresh: VaultKeyRow) => Promise.resolve((kept ??= fresh))
  return (passphrase: string): Vault => createVault({ passphrase: () => Promise.resolve(passphrase), row })
}

describe('a vault', () => {
  it('opens what another one of the same database and passphrase sealed', async () => {
    const open = database()
    const sealed = await open('a passphrase of theirs').seal('here', SECRET)
    expect(await open('a passphrase of theirs').open('here', sealed)).toBe(SECRET)
    expect(sealed.toString('latin1')).not.toContain(SECRET)
  })

  it('seals the same secret differently each time, with one fingerprint', async () => {
    const open = database()
    const vault = open('a passphrase of theirs')
    const [a, b] = [await vault.seal('here', SECRET), await vault.seal('here', SECRET)]
    expect(a.equals(b)).toBe(false)
    const print = await vault.fingerprint(SECRET)
    expect(print).toMatch(/^[0-9a-f]{8}$/)
    expect(await open('a passphrase of theirs').fingerprint(SECRET)).toBe(print)
    expect(await vault.fingerprint(`${SECRET}.`)).not.toBe(print)
    expect(await database()('a passphrase of theirs').fingerprint(SECRET)).not.toBe(print)
  })

  it('opens nothing with another passphrase, and says what to do', async () => {
    const open = database()
    await open('a passphrase of theirs').seal('here', SECRET)
    await expect(open('another passphrase').seal('here', SECRET)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('CHISPART_VAULT_KEY') as string,
    })
  })

  it('tries again what failed once', async () => {
    let fails = 1
    const vault = createVault({
      passphrase: () => (fails-- > 0 ? Promise.reject(new Error('away')) : Promise.resolve('a passphrase')),
      row: (fresh) => Promise.resolve(fresh),
    })
    await expect(vault.seal('here', SECRET)).rejects.toThrow('away')
    expect(await vault.open('here', await vault.seal('here', SECRET))).toBe(SECRET)
  })

  it('opens no secret that was changed in any bit, cut or moved to another place', async () => {
    const vault = database()('a passphrase of theirs')
    const sealed = await vault.seal('here', SECRET)
    const refused = async (place: string, bytes: Uint8Array) => {
      await expect(vault.open(place, bytes)).rejects.toMatchObject({ code: 'unavailable' })
    }
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      const changed = Buffer.from(sealed)
      changed[bit >> 3]! ^= 1 << (bit & 7)
      await refused('here', changed)
    }
    // A tag of 4 bytes is one that Node takes when it is not told better.
    await refused('here', Buffer.concat([sealed.subarray(0, 17), sealed.subarray(29)]))
    for (let size = 0; size < sealed.length; size++) await refused('here', sealed.subarray(0, size))
    await refused('there', sealed)
  })
})

describe('the key', () => {
  it('is made by Argon2id as RFC 9106 §5.3 says', () => {
    const message = Buffer.alloc(32, 1)
    const more = { secret: Buffer.alloc(8, 3), associatedData: Buffer.alloc(12, 4) }
    const params = {
      nonce: Buffer.alloc(16, 2),
      parallelism: 4,
      tagLength: 32,
      memory: 32,
      passes: 3,
      ...more,
    }
    expect(argon2Sync('argon2id', { message, ...params }).toString('hex')).toBe(
      '0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659',
    )
  })

  it('is another one for each salt and passphrase', async () => {
    const params = { memory: 64, passes: 1, parallelism: 1 }
    const make = async (words: string, salt: number) =>
      (await deriveKey(words, Buffer.alloc(16, salt), params)).toString('hex')
    const keys = [await make('a', 1), await make('a', 2), await make('b', 1), await make('a', 1)]
    expect(new Set(keys).size).toBe(3)
  })
})
