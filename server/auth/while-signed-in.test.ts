import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Principal } from './principal.ts'
import { createRevocations } from './revocations.ts'
import { whileSignedIn } from './while-signed-in.ts'

const ADA: Principal = {
  user: 'u1',
  userName: 'Ada',
  role: 'owner',
  plan: 'owner',
  via: 'token',
  credential: 't1',
}
beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

describe('while signed in', () => {
  it('ends when that credential is revoked, and not with another', () => {
    const revocations = createRevocations()
    const { signal } = whileSignedIn(revocations, ADA)
    revocations.revoked('t2')
    expect(signal.aborted).toBe(false)
    revocations.revoked('t1')
    expect(signal.reason).toMatchObject({ code: 'unauthenticated' })
  })

  it('ends when the proof is over', () => {
    const { signal } = whileSignedIn(createRevocations(), { ...ADA, expiresAt: new Date(Date.now() + 1000) })
    vi.advanceTimersByTime(999)
    expect(signal.aborted).toBe(false)
    vi.advanceTimersByTime(1)
    expect(signal.reason).toMatchObject({ code: 'unauthenticated' })
  })

  it('listens no more when the work is done, and never for a stranger', () => {
    const revocations = createRevocations()
    const { signal, done } = whileSignedIn(revocations, { ...ADA, expiresAt: new Date(Date.now() + 1000) })
    const stranger = whileSignedIn(revocations, undefined)
    done()
    revocations.revoked('t1')
    vi.advanceTimersByTime(2000)
    expect([signal.aborted, stranger.signal.aborted]).toEqual([false, false])
    expect(vi.getTimerCount()).toBe(0)
  })
})
