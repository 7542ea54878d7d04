// Whether this browser is signed in, and how it becomes so. The cookie is the server's; no script ever reads it.
import { createSignal } from 'solid-js'
import { toFault } from '#dsl/fault.ts'
import type { Fault } from '#dsl/fault.ts'
import { rest } from '#web/link/rest.ts'
import { reasonOf } from '#web/text/fault.ts'

export type SessionState = 'checking' | 'in' | 'out' | 'offline'

export interface User {
  readonly name: string
  readonly role: 'owner' | 'member'
  readonly plan: string
}

/** Milliseconds that a stranger waits for the person to allow the device: the life of a code. */
const PAIR_MS = 600_000

export function createSession() {
  const [state, setState] = createSignal<SessionState>('checking')
  const [user, setUser] = createSignal<User>()
  const [ended, setEnded] = createSignal(false)
  const [refused, setRefused] = createSignal<Fault>()

  function welcome(answer: Record<string, unknown>): void {
    setUser(answer['user'] as User)
    setEnded(false)
    setRefused(undefined)
    setState('in')
  }

  /** Runs one way of signing in; answers the fault that stopped it. */
  async function enter(way: () => Promise<Record<string, unknown>>): Promise<Fault | undefined> {
    try {
      welcome(await way())
      return undefined
    } catch (error) {
      return toFault(error)
    }
  }

  async function check(): Promise<void> {
    const fault = await enter(() => rest('/auth/session', { method: 'GET' }))
    if (!fault) return
    if (fault.code !== 'unauthenticated') return void setState('offline')
    setEnded(reasonOf(fault) !== 'missing')
    setState('out')
  }

  return {
    state,
    user,
    /** True when the sign-in of this browser ended without its own doing. */
    ended,
    /** Why the one-time link did not open the door. */
    refused,
    check,
    /** The server said that the session is over. */
    lose() {
      setEnded(true)
      setState('out')
    },
    /** A browser that is signed in stays so, whatever became of the link. */
    async link(code: string): Promise<void> {
      const fault = await enter(() => rest('/auth/link', { body: { code } }))
      if (!fault) return
      await check()
      if (state() === 'out') setRefused(fault)
    },
    /** Waits until the person who showed the code allows this device. */
    pair: (asked: { code: string; name: string }, signal: AbortSignal) =>
      enter(async () => {
        const body = { ...asked, device: deviceKind(navigator.userAgent) }
        const { token } = await rest('/api/ops/pair.confirm', { body, signal, timeoutMs: PAIR_MS })
        return rest('/auth/device', { body: { token } })
      }),
    /** Ends the session in the server too. Faults: as the server says. */
    async leave(): Promise<void> {
      await rest('/auth/logout')
      setEnded(false)
      setState('out')
    },
  }
}

export type Session = ReturnType<typeof createSession>

export function deviceKind(agent: string): 'android' | 'ios' | 'web' {
  if (/Android/i.test(agent)) return 'android'
  return /iPhone|iPad/i.test(agent) ? 'ios' : 'web'
}

/** A first guess at the device's name, from its user agent and in no language: `Chrome (Android)`. */
export function deviceName(agent: string): string {
  const browser = BROWSERS.find(([mark]) => agent.includes(mark))?.[1] ?? 'Browser'
  const system = SYSTEMS.find(([mark]) => agent.includes(mark))?.[1]
  return system ? `${browser} (${system})` : browser
}

// An agent names its ancestors too (RFC 9110 §10.1.5), so the youngest mark is looked for first.
const BROWSERS = [
  ['Edg', 'Edge'],
  ['Firefox', 'Firefox'],
  ['Chrome', 'Chrome'],
  ['Safari', 'Safari'],
] as const
const SYSTEMS = [
  ['Android', 'Android'],
  ['iPhone', 'iPhone'],
  ['iPad', 'iPad'],
  ['Windows', 'Windows'],
  ['CrOS', 'ChromeOS'],
  ['Mac OS', 'macOS'],
  ['Linux', 'Linux'],
] as const
