// A fake Pairing for op tests: one code, and a person who always says yes.
import { Fault } from '#dsl/fault.ts'
import type { Pairing } from '#dsl/powers/pairing.ts'

const TIME = '2026-01-01T00:00:00Z'

export function fakePairing(code = '123456'): Pairing {
  const nonces = new Set<string>()
  return {
    async init({ nonce }) {
      if (nonces.has(nonce)) throw new Fault('conflict', 'This nonce was used before.')
      nonces.add(nonce)
      return { code, expiresAt: TIME, url: `http://localhost/#pair=${code}` }
    },
    async confirm({ code: guess, name = 'Device', device: kind = 'web', waiting }) {
      if (guess !== code) throw new Fault('denied', 'This code is wrong.')
      await waiting?.({ id: 'd1', name })
      const device = { id: 'd1', name, kind, state: 'active', createdAt: TIME, current: true } as const
      return { token: 'fake-token', device }
    },
  }
}
