// Whether this browser is signed in, and how it becomes so. The cookie is the server's; no script ever reads it.
import { createSignal } from 'solid-js'
import { toFault } from '#dsl/fault.ts'
import type { Fault } from '#dsl/fault.ts'
import { rest } from '#web/link/rest.ts'

export type SessionState = 'checking' | 'in' | 'out' | 'offline'
/** Milliseconds that a stranger waits for the person to allow the device: the life of a code. */
const PAIR_MS = 600_000

export function createSession() {
  const [state, setState] = createSignal<SessionState>('checking')

  async function check(): Promise<void> {
    try {
      await rest('/auth/session', { method: 'GET' })
      setState('in')
    } catch (error) {
      setState(toFault(error).code === 'unauthenticated' ? 'out' : 'offline')
    }
  }

  /** Runs one way of signing in; answers the fault that stopped it. */
  async function enter(way: () => Promise<unknown>): Promise<Fault | undefined> {
    try {
      await way()
      setState('in')
      return undefined
    } catch (error) {
      return toFault(error)
    }
  }

  return {
    state,
    check,
    /** The server said that the session is over. */
    lose: () => setState('out'),
    link: (code: string) => enter(() => rest('/auth/link', { body: { code } })),
    /** Waits until the person who showed the code allows this device. */
    pair: (asked: { code: string; name: string }, signal: AbortSignal) =>
      enter(async () => {
        const body = { ...asked, device: deviceKind(navigator.userAgent) }
        const { token } = await rest('/api/ops/pair.confirm', { body, signal, timeoutMs: PAIR_MS })
        await rest('/auth/device', { body: { token } })
      }),
    /** Ends the session in the server too. Faults: as the server says. */
    async leave(): Promise<void> {
      await rest('/auth/logout')
      setState('out')
    },
  }
}

export type Session = ReturnType<typeof createSession>

export function deviceKind(agent: string): 'android' | 'ios' | 'web' {
  if (/Android/i.test(agent)) return 'android'
  return /iPhone|iPad/i.test(agent) ? 'ios' : 'web'
}

/** A first guess at the device's name, from its user agent: `Chrome on Android`. */
export function deviceName(agent: string): string {
  const browser = BROWSERS.find(([mark]) => agent.includes(mark))?.[1] ?? 'Browser'
  const system = SYSTEMS.find(([mark]) => agent.includes(mark))?.[1]
  return system ? `${browser} on ${system}` : browser
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
