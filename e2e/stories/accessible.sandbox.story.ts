// The terminals for everybody: no violation that axe can find, in either theme, and down to 320 pixels.
import { expect, test } from '#e2e/stage/desk.ts'
import { overflow, violations } from '#e2e/stage/face.ts'

for (const colorScheme of ['light', 'dark'] as const)
  test(`axe finds nothing on the desk, its palette and its search (${colorScheme})`, async ({ desk }) => {
    const { page } = desk
    await page.emulateMedia({ colorScheme })
    await desk.run('ls --color /')
    expect(await violations(page)).toEqual([])
    await page.keyboard.press('Control+Shift+P')
    await expect(page.getByRole('combobox')).toBeFocused()
    expect(await violations(page)).toEqual([])
    await page.keyboard.press('Escape')
    await desk.command('Find in the terminal')
    expect(await violations(page)).toEqual([])
  })

test('a screen reader finds the rows as text', async ({ desk }) => {
  await desk.command('Turn on screen reader mode')
  await desk.run('echo spoken-$((1+1))')
  await expect(desk.page.getByRole('listitem').filter({ hasText: /^spoken-2/ })).toBeVisible()
})

test('nothing is cut off at 320 pixels', async ({ desk }) => {
  const { page } = desk
  await page.setViewportSize({ width: 320, height: 568 })
  await desk.run('echo narrow-$((1+1))')
  await desk.shows('narrow-2')
  expect(await overflow(page)).toBe(0)
})
