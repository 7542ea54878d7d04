// Waits until a connection takes more. It never waits for one that is gone.
import type { Duplex } from 'node:stream'

/** Resolves at once when nothing is backed up, else on `drain` or `close`. */
export function roomOn(link: Duplex): Promise<void> {
  if (!link.writableNeedDrain || link.destroyed) return Promise.resolve()
  return new Promise((resolve) => {
    const done = () => {
      link.off('drain', done)
      link.off('close', done)
      resolve()
    }
    link.on('drain', done)
    link.on('close', done)
  })
}
