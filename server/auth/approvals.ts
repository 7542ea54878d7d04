// The meeting of a device that waits and the person who answers. It holds no token and grants nothing itself.
import type { Signal } from '#dsl/powers/signal.ts'

export interface Approvals {
  /** The answer to `device`. Rejects with the signal's reason when it aborts first. */
  wait(device: string, signal: Signal): Promise<boolean>
  /** False when nobody waits for it, or not any more. */
  answer(device: string, allow: boolean): boolean
}

export function createApprovals(): Approvals {
  const waiting = new Map<string, (allow: boolean) => void>()
  return {
    wait(device, signal) {
      return new Promise((resolve, reject) => {
        signal.throwIfAborted()
        const leave = () => {
          waiting.delete(device)
          reject(signal.reason as Error)
        }
        signal.addEventListener('abort', leave, { once: true })
        waiting.set(device, (allow) => {
          waiting.delete(device)
          signal.removeEventListener('abort', leave)
          resolve(allow)
        })
      })
    },
    answer(device, allow) {
      const tell = waiting.get(device)
      tell?.(allow)
      return tell !== undefined
    },
  }
}
