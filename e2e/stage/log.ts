// The log on the page of a run, as a person reads it: by scrolling. It never reads what is not drawn.
import type { Locator, Page } from 'playwright/test'

export const logOf = (page: Page): Locator => page.getByRole('list', { name: 'Log' })

/** Every line by its number, met by scrolling from the first to the last. */
export function readLog(page: Page): Promise<[number, string][]> {
  return page.locator('.log-box').evaluate(async (box) => {
    const lines = new Map<number, string>()
    for (let at = 0; ; at += box.clientHeight / 2) {
      box.scrollTop = at
      await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))
      for (const line of box.querySelectorAll('li'))
        lines.set(Number(line.querySelector('a')?.textContent), line.querySelector('code')?.textContent ?? '')
      if (at + box.clientHeight >= box.scrollHeight) break
    }
    return [...lines].toSorted(([a], [b]) => a - b)
  })
}

/**
 * Milliseconds from the time that a line says, as `date +%s%3N` prints it, to the moment it is on the page. Begins at once
 * and ends with the page.
 */
export function watchDelays(page: Page): Promise<void> {
  return page.evaluate(() => {
    const delays: number[] = []
    Object.assign(globalThis, { delays })
    const seen = new Set<string>()
    new MutationObserver(() => {
      const now = Date.now()
      for (const line of document.querySelectorAll('.log-lines code')) {
        const text = line.textContent ?? ''
        if (!/^\d{13}$/.test(text) || seen.has(text)) continue
        seen.add(text)
        delays.push(now - Number(text))
      }
    }).observe(document.body, { childList: true, subtree: true, characterData: true })
  })
}

export const delaysOf = (page: Page): Promise<number[]> =>
  page.evaluate(() => (globalThis as unknown as { delays: number[] }).delays)

/** Milliseconds of each frame while the log is scrolled from top to bottom and back. */
export function scrollFrames(page: Page, steps: number): Promise<number[]> {
  return page.locator('.log-box').evaluate(async (box, count) => {
    const frame = () => new Promise<number>((resolve) => requestAnimationFrame(resolve))
    const frames: number[] = []
    const most = box.scrollHeight - box.clientHeight
    let last = await frame()
    for (let step = 0; step <= 2 * count; step += 1) {
      box.scrollTop = (most * (count - Math.abs(count - step))) / count
      const now = await frame()
      frames.push(now - last)
      last = now
    }
    return frames
  }, steps)
}

/** The value below which a share of the numbers lies. */
export function quantile(numbers: readonly number[], share: number): number {
  const sorted = numbers.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN
}
