// The terminal under a thumb: extra keys, an on-screen keyboard, scrolling, selecting, and nothing that moves the page.
import { expect, test } from '#e2e/stage/desk.ts'
import type { Page } from 'playwright/test'

test.skip(({ isMobile }) => !isMobile, 'fingers only')

const key = (page: Page, name: string) =>
  page.getByRole('toolbar', { name: 'Extra keys' }).getByRole('button', { name, exact: true })

interface Rests {
  /** Milliseconds that a finger stays where it came down, and where it goes up: they make it another gesture. */
  readonly first?: number
  readonly last?: number
}

/** A finger goes down, moves, and goes up. */
async function drag(
  page: Page,
  from: { x: number; y: number },
  to: { x: number; y: number },
  rests: Rests = {},
) {
  const cdp = await page.context().newCDPSession(page)
  const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', at?: { x: number; y: number }) =>
    cdp.send('Input.dispatchTouchEvent', { type, touchPoints: at ? [at] : [] })
  await touch('touchStart', from)
  await page.waitForTimeout(rests.first ?? 0)
  for (let step = 1; step <= 10; step += 1)
    await touch('touchMove', {
      x: from.x + ((to.x - from.x) * step) / 10,
      y: from.y + ((to.y - from.y) * step) / 10,
    })
  await page.waitForTimeout(rests.last ?? 0)
  await touch('touchEnd')
  await cdp.detach()
}

test('the extra keys send what a keyboard would', async ({ desk }) => {
  const { page } = desk
  await desk.run('clear; cat -v')
  for (const name of [
    'Esc',
    'Tab',
    'Arrow left',
    'Arrow down',
    'Arrow up',
    'Arrow right',
    'Pipe',
    'Slash',
    'Dash',
  ])
    await key(page, name).tap()
  await key(page, 'Ctrl').tap()
  await key(page, 'Arrow right').tap()
  await key(page, 'Alt').tap()
  await page.keyboard.type('x')
  await page.keyboard.press('Enter')
  await desk.shows('^[      ^[[D^[[B^[[A^[[C|/-^[[1;5C^[x')
  await key(page, 'Ctrl').tap()
  await page.keyboard.type('c')
  await desk.run('echo back-$((1+1))')
  await desk.shows('back-2')
})

test('Ctrl is for one key, and locks at the second tap', async ({ desk }) => {
  const { page } = desk
  const ctrl = key(page, 'Ctrl')
  await ctrl.tap()
  await expect(ctrl).toHaveAttribute('aria-pressed', 'true')
  await page.keyboard.type('l')
  await expect(ctrl).toHaveAttribute('aria-pressed', 'false')
  await ctrl.tap()
  await ctrl.tap()
  await expect(key(page, 'Ctrl, locked')).toHaveAttribute('aria-pressed', 'true')
  await page.keyboard.type('ll')
  await key(page, 'Ctrl, locked').tap()
  await expect(ctrl).toHaveAttribute('aria-pressed', 'false')
})

test('a composed word is typed once, and a corrected one is corrected', async ({ desk }) => {
  const { page } = desk
  const cdp = await page.context().newCDPSession(page)
  const compose = (text: string) =>
    cdp.send('Input.imeSetComposition', { text, selectionStart: text.length, selectionEnd: text.length })
  await page.keyboard.type('echo [')
  for (const text of ['t', 'te', 'teh']) await compose(text)
  await cdp.send('Input.insertText', { text: 'the' })
  for (const text of ['n', 'na', 'ñandú']) await compose(text)
  await cdp.send('Input.insertText', { text: 'ñandú' })
  await page.keyboard.type(']')
  await page.keyboard.press('Enter')
  await desk.shows('\n[theñandú]\n')
})

test('a finger scrolls the scrollback, goes on by itself, and moves nothing else', async ({ desk }) => {
  const { page } = desk
  await desk.run('clear; seq 30000 30400')
  await desk.shows('30400')
  const slider = page.locator('.terminal .scrollbar.vertical .slider')
  const top = async () => (await slider.boundingBox())?.y ?? 0
  const before = await top()
  await drag(page, { x: 200, y: 250 }, { x: 200, y: 550 })
  const dragged = await top()
  expect(dragged).toBeLessThan(before)
  await expect.poll(top).toBeLessThan(dragged)
  expect(await page.evaluate(() => [scrollX, scrollY, visualViewport?.scale])).toEqual([0, 0, 1])
})

test('in a full-screen program a finger is its wheel', async ({ desk }) => {
  const { page } = desk
  await desk.run('clear; seq 40000 40400 | less')
  await desk.shows(/^40000\n/)
  await drag(page, { x: 200, y: 550 }, { x: 200, y: 250 })
  await expect.poll(async () => (await desk.text()).startsWith('40000\n')).toBe(false)
  await page.keyboard.type('q')
})

test('a resting finger selects a word, its handle extends it, and it can be copied', async ({ desk }) => {
  const { page } = desk
  await desk.run('clear; echo "alpha beta gamma"; echo; echo ready-$((1+1))')
  await desk.shows('ready-2')
  const box = (await page.locator('.xterm-screen').boundingBox())!
  const word = { x: box.x + 70, y: box.y + 10 }
  await drag(page, word, word, { first: 700 })
  const row = page.getByRole('toolbar', { name: 'Selection' })
  await row.getByRole('button', { name: 'Copy' }).tap()
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe('beta')
  await expect(row).toBeHidden()

  await drag(page, word, word, { first: 700 })
  const handle = (await page.locator('.handle.to').boundingBox())!
  const grip = { x: handle.x + 8, y: handle.y + 8 }
  await drag(page, grip, { x: grip.x + 120, y: grip.y }, { last: 200 })
  await row.getByRole('button', { name: 'Copy' }).tap()
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toMatch(/^beta gamma/)
})

test('two fingers change the letters, not the page', async ({ desk }) => {
  const { page } = desk
  const cdp = await page.context().newCDPSession(page)
  const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', gap?: number) =>
    cdp.send('Input.dispatchTouchEvent', {
      type,
      touchPoints: gap ? [0, 1].map((id) => ({ id, x: 200, y: 300 + id * gap })) : [],
    })
  const columns = async () => {
    await desk.run('clear; echo size=$(stty size)')
    await desk.shows(/size=\d+ \d+\n/)
    return Number(/size=\d+ (\d+)/.exec(await desk.text())?.[1])
  }
  const before = await columns()
  await touch('touchStart', 100)
  for (const gap of [120, 140, 160]) await touch('touchMove', gap)
  await touch('touchEnd')
  await expect.poll(columns).toBeLessThan(before * 0.8)
  expect(await page.evaluate(() => visualViewport?.scale)).toBe(1)
})

test('the extra keys stay above an on-screen keyboard', async ({ desk }) => {
  const { page } = desk
  await page.setViewportSize({ width: 412, height: 460 })
  await expect.poll(async () => (await key(page, 'Esc').boundingBox())!.y).toBeLessThan(430)
  await desk.run('echo seen-$((1+1))')
  await desk.shows('seen-2')
})
