// When the page asks again, and when it leaves the server alone.
import { createRoot } from 'solid-js'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { LinkState } from '#web/link/socket.ts'
import { keepLooking } from './looking.ts'

class Page extends EventTarget {
  visibilityState: DocumentVisibilityState = 'visible'
  turn(state: DocumentVisibilityState): void {
    this.visibilityState = state
    this.dispatchEvent(new Event('visibilitychange'))
  }
}

function stage(state: LinkState = 'online') {
  const listeners = new Set<(state: LinkState) => void>()
  const page = new Page()
  const look = vi.fn(async () => undefined)
  const link = {
    isOnline: () => state === 'online',
    watch(listener: (state: LinkState) => void) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
  const end = createRoot((dispose) => {
    keepLooking({ look, everyMs: 1000, link, page: page as unknown as Document })
    return dispose
  })
  return {
    page,
    look,
    end,
    listeners,
    become(next: LinkState) {
      state = next
      for (const listener of listeners) listener(next)
    },
  }
}

describe('looking again', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('looks at once, and then as often as it was asked to', async () => {
    const { look } = stage()
    expect(look).toHaveBeenCalledTimes(1)
    await vi.advanceTimersByTimeAsync(3000)
    expect(look).toHaveBeenCalledTimes(4)
  })
  it('leaves the server alone while the page is hidden, and looks when it is back', async () => {
    const { look, page } = stage()
    page.turn('hidden')
    await vi.advanceTimersByTimeAsync(60_000)
    expect(look).toHaveBeenCalledTimes(1)
    page.turn('visible')
    expect(look).toHaveBeenCalledTimes(2)
  })
  it('waits for the connection, and looks with each new one', async () => {
    const { look, become } = stage('reconnecting')
    await vi.advanceTimersByTimeAsync(60_000)
    expect(look).not.toHaveBeenCalled()
    become('online')
    expect(look).toHaveBeenCalledTimes(1)
    await vi.advanceTimersByTimeAsync(0)
    become('reconnecting')
    become('online')
    expect(look).toHaveBeenCalledTimes(2)
  })
  it('never asks twice at once', async () => {
    const { look, page } = stage()
    page.turn('visible')
    page.turn('visible')
    expect(look).toHaveBeenCalledTimes(1)
  })
  it('ends with its owner', async () => {
    const { look, page, end, listeners } = stage()
    end()
    page.turn('visible')
    await vi.advanceTimersByTimeAsync(60_000)
    expect(look).toHaveBeenCalledTimes(1)
    expect(listeners.size).toBe(0)
  })
})
