// A second device comes in by six digits or by a QR code, is refused, is revoked.
import type { Browser, Page } from 'playwright/test'
import { atGate, atHome, expect, goTo, test } from '#e2e/stage/face.ts'
import { startServer } from '#e2e/stage/server.ts'
import type { StagedServer } from '#e2e/stage/server.ts'

// Invitations and guesses are limited for each person and network: every story has a server of its own.
let server: StagedServer
test.beforeEach(async ({ page }) => {
  server = await startServer()
  await page.goto(server.link)
  await atHome(page)
})
test.afterEach(() => server.close())

/** Opens the invitation and answers its code. */
async function invite(page: Page): Promise<string> {
  await goTo(page, 'Devices')
  await page.getByRole('button', { name: 'Pair a device' }).click()
  await expect(page.locator('.digits')).toHaveText(/^\d{6}$/)
  return page
    .locator('.digits')
    .innerText()
    .then((text) => text.replace(/\D/g, ''))
}

async function ask(browser: Browser, address: string, code: string, name: string): Promise<Page> {
  const context = await browser.newContext()
  const page = await context.newPage()
  await page.goto(address)
  await page.getByLabel('Six-digit code').fill(code)
  await page.getByLabel('Name of this device').fill(name)
  await page.getByRole('button', { name: 'Pair this device' }).click()
  return page
}

test('a browser is paired by the code, and its socket ends when it is revoked', async ({
  page: home,
  browser,
}) => {
  const code = await invite(home)
  const other = await ask(browser, server.url, code, 'Kitchen tablet')
  await expect(other.getByText('Waiting for your other device')).toBeVisible()
  await expect(home.getByText('Kitchen tablet asks to come in')).toBeVisible()
  await home.getByRole('button', { name: 'Allow' }).click()
  await expect(home.getByText('Kitchen tablet is in')).toBeVisible()
  await atHome(other)

  await goTo(other, 'Devices')
  const mine = other.getByRole('listitem').filter({ hasText: 'Kitchen tablet' })
  await expect(mine.getByText('This device')).toBeVisible()

  await home.getByRole('button', { name: 'Done' }).click()
  await home.getByRole('button', { name: 'Revoke Kitchen tablet' }).click()
  await home.getByRole('alertdialog').getByRole('button', { name: 'Revoke' }).click()
  await expect(other.getByText('This browser is signed out.')).toBeVisible({ timeout: 1000 })
  await atGate(other)
  await expect(home.getByText('Kitchen tablet')).toHaveCount(0)
  await other.reload()
  await atGate(other)
  await other.context().close()
})

test('the address in the QR code brings its code along', async ({ page: home, browser }) => {
  const code = await invite(home)
  const address = `${server.url}/#pair=${code}`
  await expect(home.getByRole('img', { name: `QR code of ${address}` })).toBeVisible()
  const context = await browser.newContext()
  const phone = await context.newPage()
  await phone.goto(address)
  await expect(phone.getByLabel('Six-digit code')).toHaveValue(code)
  expect(phone.url()).not.toContain(code)
  await phone.getByLabel('Name of this device').fill('Pocket phone')
  await phone.getByRole('button', { name: 'Pair this device' }).click()
  await home.getByRole('button', { name: 'Allow' }).click()
  await atHome(phone)
  await context.close()
})

test('a device that is refused is told so, and the owner gets a new code', async ({
  page: home,
  browser,
}) => {
  const code = await invite(home)
  const other = await ask(browser, server.url, code, 'Unknown laptop')
  await expect(home.getByText('Unknown laptop asks to come in')).toBeVisible()
  await home.getByRole('button', { name: 'Refuse' }).click()
  await expect(other.getByRole('alert')).toContainText('refused this one')
  await expect(home.locator('.digits')).not.toHaveText(code)
  await other.context().close()
})

test('a device that gives up waiting asks no more', async ({ page: home, browser }) => {
  const code = await invite(home)
  const other = await ask(browser, server.url, code, 'Hasty phone')
  await expect(home.getByText('Hasty phone asks to come in')).toBeVisible()
  await other.getByRole('button', { name: 'Cancel' }).click()
  await expect(home.getByText('Hasty phone asks to come in')).toHaveCount(0)
  await other.context().close()
})

test('five wrong codes end the invitation, in words', async ({ page: home, browser }) => {
  const code = await invite(home)
  const wrong = code === '000000' ? '000001' : '000000'
  const other = await ask(browser, server.url, wrong, 'Guesser')
  const notice = other.getByRole('alert')
  for (let guess = 1; guess < 5; guess++) {
    await expect(notice).toContainText('This code is wrong')
    await other.getByRole('button', { name: 'Pair this device' }).click()
  }
  await expect(notice).toContainText('This code is wrong')
  await other.getByLabel('Six-digit code').fill(code)
  await other.getByRole('button', { name: 'Pair this device' }).click()
  await expect(notice).toContainText('Too many wrong codes. Make a new code on the other device.')
  await other.context().close()
})
