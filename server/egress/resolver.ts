// The system's resolver, with few questions at once: each one holds a thread of Node's small pool, which files need too.
// It keeps no answer; who asks while a name is being looked up hears the same.
import { lookup } from 'node:dns/promises'
import type { Resolve } from './dial.ts'

/** Half of libuv's pool. */
const AT_ONCE = 2

export const systemLookup: Resolve = async (host) => {
  const found = await lookup(host, { all: true, order: 'verbatim' })
  return found.map(({ address }) => address)
}

export function createResolver(look: Resolve = systemLookup, atOnce = AT_ONCE): Resolve {
  const asking = new Map<string, Promise<readonly string[]>>()
  const queue: (() => void)[] = []
  let busy = 0

  async function ask(host: string): Promise<readonly string[]> {
    if (busy >= atOnce) await new Promise<void>((go) => queue.push(go))
    else busy += 1
    try {
      return await look(host)
    } finally {
      asking.delete(host)
      const next = queue.shift()
      if (next === undefined) busy -= 1
      else next()
    }
  }

  return (host) => {
    const answer = asking.get(host) ?? ask(host)
    asking.set(host, answer)
    return answer
  }
}
