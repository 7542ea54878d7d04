// Every way to lose the connection ends in the same screen as that of a client that never left: the same text, the same
// picture.
import { expect, test } from '#e2e/stage/desk.ts'
import type { Desk } from '#e2e/stage/desk.ts'
import { asOwner } from '#e2e/stage/face.ts'

/** Something to lose: scrollback, colours, a program that goes on, a cursor somewhere. */
const PAINT = String.raw`clear; seq 200; printf '\e[31mred \e[1;44mblue\e[0m ñandú 日本語 👩‍👩‍👧\n'; (sleep 2; echo went-on) &`

/** The picture of the terminal alone, once nothing moves in it. */
async function picture(desk: Desk): Promise<Buffer> {
  await desk.page.bringToFront()
  await desk.page.getByRole('textbox', { name: 'Terminal' }).focus()
  return desk.page.locator('.terminal-screen').screenshot({ animations: 'disabled' })
}

async function sameAs(left: Desk, stayed: Desk): Promise<void> {
  await left.shows('went-on')
  await stayed.shows('went-on')
  expect(await left.text()).toBe(await stayed.text())
  expect((await picture(left)).equals(await picture(stayed))).toBe(true)
}

test('a reload', async ({ desk }) => {
  const stayed = await desk.twin()
  await desk.page.bringToFront()
  await desk.run(PAINT)
  await desk.shows('blue')
  await desk.page.reload()
  await expect(desk.page.getByRole('textbox', { name: 'Terminal' })).toBeFocused()
  await sameAs(desk, stayed)
})

test('a killed server', async ({ desk, stage }) => {
  await desk.run(PAINT)
  await desk.shows('blue')
  const before = await desk.text()
  await stage.restart()
  await desk.page.bringToFront()
  await desk.shows('went-on')
  expect((await desk.text()).replace('went-on\n', '')).toContain(before.trimEnd().slice(0, 400))
  await desk.run('echo alive-$((6*7))')
  await desk.shows('alive-42')
  const fresh = await desk.twin()
  await fresh.shows('alive-42')
  expect((await picture(desk)).equals(await picture(fresh))).toBe(true)
})

test('a lost network, with keys typed into the gap', async ({ desk, context, elsewhere }) => {
  const stayed = await elsewhere()
  await desk.page.bringToFront()
  await desk.run(PAINT)
  await desk.shows('blue')
  await context.setOffline(true)
  // Chromium leaves a socket open when it goes offline; the page doubts it as soon as anything says that it should.
  await desk.page.evaluate(() => dispatchEvent(new Event('online')))
  await expect(desk.page.getByText(/No connection/).first()).toBeVisible()
  await desk.page.keyboard.type('echo typed-in-the-gap')
  await context.setOffline(false)
  await desk.shows('echo typed-in-the-gap')
  await desk.page.keyboard.press('Enter')
  await desk.shows('\ntyped-in-the-gap\n')
  await sameAs(desk, stayed)
})

test('a workspace that was stopped says so, and starts again', async ({ desk, workspace, stage }) => {
  await asOwner(stage.server(), 'workspace.stop', { workspace })
  const { page } = desk
  await page.getByRole('button', { name: 'Start workspace' }).click()
  await page.getByRole('main').getByRole('button', { name: 'New terminal' }).last().click()
  await expect(page.getByRole('textbox', { name: 'Terminal' })).toBeFocused()
  await desk.shows('$ ')
})
