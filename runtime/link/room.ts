// Whether a connection takes more, and when it does again. It never waits for one that is gone.
import type { Duplex } from 'node:stream'

/** Undefined while the connection takes more; else it resolves on `drain` or `close`. */
export type Room = () => Promise<void> | undefined

/** Many may wait; the connection has one listener for all of them. */
export function createRoom(link: Duplex): Room {
  let waiting: Promise<void> | undefined
  return () => {
    if (!link.writableNeedDrain || link.destroyed) return undefined
    waiting ??= new Promise((resolve) => {
      const done = () => {
        link.off('drain', done)
        link.off('close', done)
        waiting = undefined
        resolve()
      }
      link.on('drain', done)
      link.on('close', done)
    })
    return waiting
  }
}
