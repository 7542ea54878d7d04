// The first minutes: the link that the server printed, and what the gate says when it does not open.
import { atGate, atHome, expect, overflow, test, violations } from '#e2e/stage/face.ts'
import { startServer } from '#e2e/stage/server.ts'
import type { StagedServer } from '#e2e/stage/server.ts'

let server: StagedServer
test.beforeEach(async () => void (server = await startServer()))
test.afterEach(() => server.close())

test('the printed link opens the face once, and its code is nowhere to be seen', async ({
  page,
  browser,
}) => {
  await page.goto(server.link)
  await atHome(page)
  expect(new URL(page.url()).hash).toBe('')
  await page.reload()
  await atHome(page)

  const stranger = await browser.newPage()
  await stranger.goto(server.link)
  await atGate(stranger)
  const notice = stranger.getByRole('alert')
  await expect(notice).toContainText('This link was used already')
  await expect(notice).toContainText('Restart the server and open the new link')
  await expect(stranger.getByLabel('Six-digit code')).toBeVisible()
  await stranger.close()

  // The browser that is in stays in, also when the old link is opened once more.
  await page.goto('about:blank')
  await page.goto(server.link)
  await atHome(page)
})

test('a link pasted over the address of the open page signs in', async ({ page }) => {
  await page.goto(server.url)
  await atGate(page)
  await page.evaluate((link) => location.assign(link), server.link)
  await atHome(page)
})

test('a link pasted into the field signs in, and any other text is told from it', async ({ page }) => {
  await page.goto(server.url)
  await page.getByRole('textbox', { name: 'One-time link' }).fill('http://localhost/')
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await expect(page.getByText('This is no one-time link')).toBeVisible()
  await page.getByRole('textbox', { name: 'One-time link' }).fill(server.link)
  await page.keyboard.press('Enter')
  await atHome(page)
})

test('signing out shuts the door, and the back button does not open it', async ({ page }) => {
  await page.goto(server.link)
  await atHome(page)
  await page.goto(`${server.url}/settings`)
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'Sign out' }).click()
  await atGate(page)
  await expect(page.getByRole('alert')).toHaveCount(0)
  await page.goBack()
  await atGate(page)
})

test('a server that does not answer is waited for', async ({ page }) => {
  await page.route('**/auth/session', (route) => route.abort())
  await page.goto(server.url)
  await expect(page.getByRole('heading', { name: 'The server does not answer' })).toBeVisible()
  expect(await violations(page)).toEqual([])
  await page.unroute('**/auth/session')
  await atGate(page)
})

test('an app whose server is gone says so, and goes on when it is back', async ({ page }) => {
  await page.goto(server.link)
  await atHome(page)
  await page.evaluate(async () => void (await navigator.serviceWorker.ready))
  await page.goto(`${server.url}/settings`)
  await server.stop('SIGTERM')
  await page.reload()
  await expect(page.getByRole('heading', { name: 'The server does not answer' })).toBeVisible()
  expect(await violations(page)).toEqual([])
  server = await server.restart()
  await expect(page.getByRole('heading', { level: 1, name: 'Settings' })).toBeVisible()
})

test('it can be installed', async ({ page, request }) => {
  await page.goto(server.url)
  const manifest = await request.get(`${server.url}/manifest.webmanifest`)
  const { icons, display } = (await manifest.json()) as { icons: { src: string }[]; display: string }
  expect(display).toBe('standalone')
  for (const { src } of icons) expect((await request.get(server.url + src)).ok()).toBe(true)
})

for (const colorScheme of ['light', 'dark'] as const)
  test(`the gate is clean and fits 320 pixels in the ${colorScheme} theme`, async ({ browser }) => {
    const context = await browser.newContext({ colorScheme, viewport: { width: 320, height: 640 } })
    const page = await context.newPage()
    await page.goto(server.url)
    await atGate(page)
    expect(await violations(page)).toEqual([])
    expect(await overflow(page)).toBe(0)
    await page.goto('about:blank')
    await page.goto(`${server.url}/#pair=123456`)
    await expect(page.getByLabel('Six-digit code')).toHaveValue('123456')
    expect(await violations(page)).toEqual([])
    expect(await overflow(page)).toBe(0)
    await context.close()
  })
